import { looksRight } from './dashboard-look.ts';

looksRight('light');
