import { bench } from './kit/bench.ts';
import { streams } from './measurements/streams.ts';

await bench('streams', streams);
