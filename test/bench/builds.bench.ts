import { bench } from './kit/bench.ts';
import { builds } from './measurements/builds.ts';

await bench('builds', builds);
