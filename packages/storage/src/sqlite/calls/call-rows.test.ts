import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CallRecord } from '@wherry/core/call-record';
import type { CallQuery } from '@wherry/core/ports/call-records';
import { sampleCall } from '@wherry/testkit/samples';
import { seed, seeded } from '@wherry/testkit/seeded';
import { MemoryCallRecords } from '../../memory/call-records.ts';
import { packCalls } from '../../calls/pack-calls.ts';
import { CallRows } from './call-rows.ts';
import { Callees } from '../callees.ts';
import { DatabaseFile } from '../database-file.ts';

const start = Date.UTC(2026, 0, 1);
const names = Array.from({ length: 12 }, (_, n) => ({
  namespace: n % 3 === 0 ? 'team' : 'openfaas-fn',
  name: `fn-${n}`,
}));

test(`whatever is appended, dropped and asked for, it is as in memory (seed ${seed})`, async () => {
  const random = seeded(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const home = mkdtempSync(join(tmpdir(), 'wherry-call-rows-'));
  const open = (): { file: DatabaseFile; rows: CallRows } => {
    const file = new DatabaseFile(home);
    const fail = ({ reason }: { reason: string }): never => assert.fail(reason);
    return { file, rows: new CallRows(file, new Callees(file, fail), fail) };
  };
  let { file, rows } = open();
  const memory = new MemoryCallRecords();
  let [made, now] = [0, start];
  const call = (): CallRecord => {
    const of = names[Math.floor(random() ** 3 * names.length)]!;
    // Those that took long began long before they were written.
    const startedAt = now - (random() < 0.02 ? below(3_600_000) : below(50)) + below(2) / 2;
    return sampleCall((made += 1), {
      ...(random() < 0.1 ? {} : { deployment: { ...of, version: 1 + below(3) } }),
      ...{ startedAt, target: of.name, instance: `i-${below(6)}`, status: 200 + below(4) * 100 },
      ...(random() < 0.1 ? { traceId: `${below(20)}`.padStart(32, 'a') } : {}),
      ...(random() < 0.1 ? { alias: `alias ${below(50)}` } : {}),
    });
  };
  const query = (): Omit<CallQuery, 'limit'> => ({
    ...(random() < 0.4 ? { target: names[below(names.length)]! } : {}),
    ...(random() < 0.3 ? { instance: `i-${below(7)}` } : {}),
    ...(random() < 0.3 ? { since: start + below(now - start + 1) } : {}),
    ...(random() < 0.3 ? { until: start + below(now - start + 1) } : {}),
  });
  try {
    for (let step = 0; step < 250; step += 1) {
      now += below(60_000);
      const lot = random();
      if (lot < 0.6) {
        const batch = Array.from({ length: random() < 0.5 ? below(5) : below(900) }, call);
        rows.append(packCalls(batch));
        await memory.append(batch);
      } else if (lot < 0.63) {
        const before = start + below(now - start + 1);
        assert.equal(await rows.prune(before, Infinity), await memory.prune(before, Infinity));
      } else if (lot < 0.66) {
        file.close();
        ({ file, rows } = open());
      } else if (lot < 0.7) await rows.scrub();
      else {
        const asked = { ...query(), limit: 1 + below(300) };
        const named = { ...asked, ...(random() < 0.5 ? { id: sampleCall(below(made + 2)).id } : {}) };
        const more = random() < 0.3 ? { trace: `${below(21)}`.padStart(32, 'a') } : {};
        const aliased = random() < 0.2 ? { id: `alias ${below(51)}` } : {};
        const full = { ...named, ...more, ...aliased };
        assert.deepEqual(await rows.find(full), await memory.find(full), JSON.stringify(full));
        const [paged, expected]: CallRecord[][] = [[], [...(await memory.find({ ...asked, limit: 1e6 }))]];
        for (let next: number | undefined = Infinity; next !== undefined; ) {
          const page = await rows.page(asked, next);
          paged!.push(...page.records);
          next = page.next;
        }
        assert.deepEqual(paged, expected, JSON.stringify(asked));
      }
    }
    assert.deepEqual(rows.counts(), await memory.counts());
  } finally {
    file.close();
    rmSync(home, { recursive: true });
  }
});
