import type { Scenario } from './kit/scenario.ts';
import { badFunctions } from './scenarios/bad-functions.ts';
import { bitFlips } from './scenarios/bit-flips.ts';
import { brokenVersion } from './scenarios/broken-version.ts';
import { coldBurst } from './scenarios/cold-burst.ts';
import { crashStorm } from './scenarios/crash-storm.ts';
import { diskErrors } from './scenarios/disk-errors.ts';
import { flushFirst } from './scenarios/flush-first.ts';
import { fullDisk } from './scenarios/full-disk.ts';
import { kills } from './scenarios/kills.ts';
import { longQueue } from './scenarios/long-queue.ts';
import { noisyNeighbour } from './scenarios/noisy-neighbour.ts';
import { overload } from './scenarios/overload.ts';
import { powerCuts } from './scenarios/power-cuts.ts';
import { redeploys } from './scenarios/redeploys.ts';
import { retriedRequests } from './scenarios/retried-requests.ts';
import { scaleCycles } from './scenarios/scale-cycles.ts';
import { stopSignal } from './scenarios/stop-signal.ts';
import { upgrade } from './scenarios/upgrade.ts';

/** Every promise of docs/reliability.md, in its order. */
export const scenarios: readonly Scenario[] = [
  kills,
  powerCuts,
  flushFirst,
  crashStorm,
  retriedRequests,
  longQueue,
  diskErrors,
  fullDisk,
  bitFlips,
  redeploys,
  scaleCycles,
  stopSignal,
  upgrade,
  badFunctions,
  brokenVersion,
  overload,
  noisyNeighbour,
  coldBurst,
];
