import { shortRuns } from './kit/short-runs.ts';
import { diskErrors } from './scenarios/disk-errors.ts';
import { fullDisk } from './scenarios/full-disk.ts';

shortRuns([diskErrors, fullDisk]);
