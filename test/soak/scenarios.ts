import type { Scenario } from './kit/scenario.ts';
import { diskErrors } from './scenarios/disk-errors.ts';
import { powerCuts } from './scenarios/power-cuts.ts';
import { redeploys } from './scenarios/redeploys.ts';
import { scaleCycles } from './scenarios/scale-cycles.ts';

/** Every promise of docs/reliability.md, in its order. */
export const scenarios: readonly Scenario[] = [powerCuts, diskErrors, redeploys, scaleCycles];
