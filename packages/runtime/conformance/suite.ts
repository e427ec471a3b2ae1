// Every sentence of docs/runtime-protocol.md as a test against a real host process. The chapters are files of their own.
import { describe, test } from 'node:test';
import { bodies } from './bodies.ts';
import { calls } from './calls.ts';
import { cancelling } from './cancelling.ts';
import { ending } from './ending.ts';
import { faults } from './faults.ts';
import { framing } from './framing.ts';
import { BEHAVIOURS, type HostUnderTest } from './host-under-test.ts';
import { loading } from './loading.ts';
import { streams } from './streams.ts';
import { waiting } from './waiting.ts';

export type { HostUnderTest } from './host-under-test.ts';

export function hostConformance(name: string, under: HostUnderTest): void {
  describe(`${name} host`, { concurrency: 4 }, () => {
    test('has every fixture, or says why not', () => {
      const missing = BEHAVIOURS.filter((behaviour) => under.entries[behaviour] === undefined);
      if (missing.length > 0) throw new Error(`no fixture for ${missing.join(', ')}`);
    });
    for (const chapter of [loading, framing, calls, faults, bodies, streams, cancelling, ending, waiting])
      chapter(under);
  });
}
