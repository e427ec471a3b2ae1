import { hostConformance } from '../conformance/suite.ts';
import { host } from './host.fixtures.ts';

hostConformance('node', host);
