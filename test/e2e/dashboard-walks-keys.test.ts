import { keys } from './dashboard-hands.ts';
import { walkAll } from './dashboard-walks.ts';

walkAll('keys alone', keys);
