import { shortRuns } from './kit/short-runs.ts';
import { stopSignal } from './scenarios/stop-signal.ts';
import { upgrade } from './scenarios/upgrade.ts';

shortRuns([stopSignal, upgrade]);
