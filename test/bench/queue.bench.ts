import { bench } from './kit/bench.ts';
import { queue } from './measurements/queue.ts';

await bench('queue', queue);
