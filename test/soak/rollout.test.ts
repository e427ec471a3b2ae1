import { shortRuns } from './kit/short-runs.ts';
import { badFunctions } from './scenarios/bad-functions.ts';
import { brokenVersion } from './scenarios/broken-version.ts';
import { redeploys } from './scenarios/redeploys.ts';
import { scaleCycles } from './scenarios/scale-cycles.ts';
import { stopSignal } from './scenarios/stop-signal.ts';
import { upgrade } from './scenarios/upgrade.ts';

shortRuns([redeploys, scaleCycles, stopSignal, upgrade, badFunctions, brokenVersion]);
