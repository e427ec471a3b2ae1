import { mouse } from './dashboard-hands.ts';
import { walkAll } from './dashboard-walks.ts';

walkAll('a mouse', mouse);
