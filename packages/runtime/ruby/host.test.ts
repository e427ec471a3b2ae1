import { test } from 'node:test';
import { hostConformance } from '../conformance/suite.ts';
import { host, missing } from './host.fixtures.ts';

if (missing === undefined) hostConformance('ruby', host);
else test('ruby host', { skip: missing }, () => {});
