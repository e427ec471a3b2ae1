import { bench } from './kit/bench.ts';
import { calls } from './measurements/calls.ts';

await bench('calls', calls);
