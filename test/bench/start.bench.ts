import { bench } from './kit/bench.ts';
import { start } from './measurements/start.ts';

await bench('start', start);
