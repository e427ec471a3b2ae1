import { test } from 'node:test';
import { hostConformance } from '../conformance/suite.ts';
import { host, missing } from './host.fixtures.ts';

if (missing === undefined) hostConformance('python', host);
else test('python host', { skip: missing }, () => {});
