import { bench } from './kit/bench.ts';
import { dashboard } from './measurements/dashboard.ts';

await bench('dashboard', dashboard);
