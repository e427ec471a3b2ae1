import { bench } from './kit/bench.ts';
import { observing } from './measurements/observing.ts';

await bench('observing', observing);
