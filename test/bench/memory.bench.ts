import { bench } from './kit/bench.ts';
import { memory } from './measurements/memory.ts';

await bench('memory', memory);
