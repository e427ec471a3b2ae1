import type { Scenario } from './kit/scenario.ts';
import { badFunctions } from './scenarios/bad-functions.ts';
import { brokenVersion } from './scenarios/broken-version.ts';
import { diskErrors } from './scenarios/disk-errors.ts';
import { fullDisk } from './scenarios/full-disk.ts';
import { powerCuts } from './scenarios/power-cuts.ts';
import { redeploys } from './scenarios/redeploys.ts';
import { scaleCycles } from './scenarios/scale-cycles.ts';
import { stopSignal } from './scenarios/stop-signal.ts';
import { upgrade } from './scenarios/upgrade.ts';

/** Every promise of docs/reliability.md, in its order. */
export const scenarios: readonly Scenario[] = [
  powerCuts,
  diskErrors,
  fullDisk,
  redeploys,
  scaleCycles,
  stopSignal,
  upgrade,
  badFunctions,
  brokenVersion,
];
