import { bench } from './kit/bench.ts';
import { many } from './measurements/many.ts';

await bench('many', many);
