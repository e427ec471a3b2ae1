import { test } from 'node:test';
import { hostConformance } from '../conformance/suite.ts';
import { host, missing } from './host.fixtures.ts';

if (missing === undefined) hostConformance('go', host);
else test('go host', { skip: missing }, () => {});
