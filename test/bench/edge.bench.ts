import { bench } from './kit/bench.ts';
import { edge } from './measurements/edge.ts';

await bench('edge', edge);
