import { shortRuns } from './kit/short-runs.ts';
import { powerCuts } from './scenarios/power-cuts.ts';

shortRuns([powerCuts]);
