import { shortRuns } from './kit/short-runs.ts';
import { badFunctions } from './scenarios/bad-functions.ts';
import { brokenVersion } from './scenarios/broken-version.ts';
import { redeploys } from './scenarios/redeploys.ts';
import { scaleCycles } from './scenarios/scale-cycles.ts';

shortRuns([redeploys, scaleCycles, badFunctions, brokenVersion]);
