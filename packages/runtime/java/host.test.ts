import { describe, test } from 'node:test';
import { bodies } from '../conformance/bodies.ts';
import { cancelling } from '../conformance/cancelling.ts';
import { framing } from '../conformance/framing.ts';
import { hostConformance } from '../conformance/suite.ts';
import { host, missing } from './host.fixtures.ts';

if (missing !== undefined) test('java host', { skip: missing }, () => {});
else {
  hostConformance('java', host);
  // What is answered whole, what streams and what can be cancelled is different code in each signature.
  describe('java host, http signature', { concurrency: 4 }, () => {
    const http = {
      hello: { entry: 'HelloHttp' },
      big: { entry: 'BigHttp' },
      patient: { entry: 'PatientHttp' },
    };
    const under = { ...host, entries: { ...host.entries, ...http } };
    for (const chapter of [framing, bodies, cancelling]) chapter(under);
  });
}
