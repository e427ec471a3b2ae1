import { describe } from 'node:test';
import { bodies } from '../conformance/bodies.ts';
import { cancelling } from '../conformance/cancelling.ts';
import { hostConformance } from '../conformance/suite.ts';
import { host } from './host.fixtures.ts';

hostConformance('node', host);

// What streams and what can be cancelled is different code in each signature.
const others = {
  http: {
    pipe: { entry: 'pipe-http.js' },
    endless: { entry: 'endless-http.js' },
    patient: { entry: 'patient-http.js' },
  },
  fetch: {
    endless: { entry: 'endless-fetch.mjs' },
    patient: { entry: 'patient-fetch.mjs' },
    count: { entry: 'count.mjs' },
  },
};
for (const [signature, entries] of Object.entries(others)) {
  describe(`node host, ${signature} signature`, { concurrency: 4 }, () => {
    const under = { ...host, entries: { ...host.entries, ...entries } };
    bodies(under);
    cancelling(under);
  });
}
