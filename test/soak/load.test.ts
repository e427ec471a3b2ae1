import { shortRuns } from './kit/short-runs.ts';
import { bitFlips } from './scenarios/bit-flips.ts';
import { coldBurst } from './scenarios/cold-burst.ts';
import { noisyNeighbour } from './scenarios/noisy-neighbour.ts';
import { overload } from './scenarios/overload.ts';

shortRuns([overload, noisyNeighbour, coldBurst, bitFlips]);
