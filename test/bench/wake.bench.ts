import { bench } from './kit/bench.ts';
import { wake } from './measurements/wake.ts';

await bench('wake', wake);
