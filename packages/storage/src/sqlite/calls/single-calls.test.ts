import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CallRecord } from '@wherry/core/call-record';
import type { CallQuery } from '@wherry/core/ports/call-records';
import { hostileStrings } from '@wherry/testkit/hostile-strings';
import { sampleCall } from '@wherry/testkit/samples';
import { packCalls } from '../../calls/pack-calls.ts';
import { CallRows } from './call-rows.ts';
import { Callees } from '../callees.ts';
import { DatabaseFile } from '../database-file.ts';
import type { Damage } from '../sealed-rows.ts';
import { writeSingleCalls } from './single-calls.fixtures.ts';

const hello = { namespace: 'openfaas-fn', name: 'hello' };
const trace = '0af7651916cd43dd8448eb211c80319c';
const of = (name: string) => ({ target: name, deployment: { ...hello, name, version: 1 } });

/** A file with 300 calls of before, and 300 of now behind them; all of them, oldest first. */
async function withBoth(
  body: (rows: CallRows, all: readonly CallRecord[], file: DatabaseFile, damage: Damage[]) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'wherry-singles-'));
  const file = new DatabaseFile(home);
  const damage: Damage[] = [];
  const report = (one: Damage): void => void damage.push(one);
  try {
    const all = Array.from({ length: 600 }, (_, n) =>
      sampleCall(n, {
        ...of(n % 3 === 0 ? 'hello' : 'other'),
        ...(n % 100 === 7 ? { traceId: trace, replayOf: sampleCall(n + 1).id } : {}),
        ...{ instance: `i${n % 5}`, alias: `alias ${n % 300}`, path: hostileStrings[n % 40] ?? '/' },
      }),
    );
    const callees = new Callees(file, report);
    writeSingleCalls(file, callees, all.slice(0, 300));
    const rows = new CallRows(file, callees, report);
    rows.append(packCalls(all.slice(300)));
    await body(rows, all, file, damage);
  } finally {
    file.close();
    rmSync(home, { recursive: true });
  }
}

test('calls of before are found and paged with those of now', async () => {
  await withBoth(async (rows, all, _, damage) => {
    const wanted: readonly (readonly [Omit<CallQuery, 'limit'>, (one: CallRecord) => boolean])[] = [
      [{}, () => true],
      [{ target: hello }, ({ target }) => target === 'hello'],
      [{ trace }, ({ traceId }) => traceId === trace],
      [{ instance: 'i3' }, ({ instance }) => instance === 'i3'],
      [{ id: 'alias 40' }, ({ alias }) => alias === 'alias 40'],
      [{ id: all[12]!.id }, ({ id }) => id === all[12]!.id],
      [
        { since: all[290]!.startedAt, until: all[310]!.startedAt },
        ({ startedAt }) => startedAt >= all[290]!.startedAt && startedAt <= all[310]!.startedAt,
      ],
    ];
    for (const [query, fits] of wanted) {
      const expected = all.filter(fits).toReversed();
      assert.deepEqual(await rows.find({ ...query, limit: 1000 }), expected);
      assert.deepEqual(await rows.find({ ...query, limit: 3 }), expected.slice(0, 3));
    }
    const paged: CallRecord[] = [];
    for (let next: number | undefined = Infinity; next !== undefined; ) {
      const page = await rows.page({ limit: 70 }, next);
      paged.push(...page.records);
      next = page.next;
    }
    assert.deepEqual(paged, all.toReversed());
    assert.equal(rows.counts().get('hello.openfaas-fn'), 200);
    await rows.scrub();
    assert.deepEqual(damage, []);
  });
});

test('they are pruned first, with what they have to do with others', async () => {
  await withBoth(async (rows, all, file, damage) => {
    const links = () => file.history.prepare('SELECT count(*) AS n FROM call_links').get()?.['n'];
    assert.equal(links(), 3);
    assert.equal(await rows.prune(all[150]!.startedAt, Infinity), 150);
    assert.deepEqual(await rows.find({ limit: 1000 }), all.slice(150).toReversed());
    assert.equal(links(), 1);
    assert.equal(await rows.prune(all[350]!.startedAt, Infinity), 200);
    assert.deepEqual(await rows.find({ limit: 1000 }), all.slice(350).toReversed());
    assert.equal(links(), 0);
    rows.append(packCalls([sampleCall(600)]));
    assert.deepEqual(await rows.find({ limit: 1 }), [sampleCall(600)]);
    await rows.scrub();
    assert.deepEqual(damage, []);
  });
});

test('damaged ones are told and left out, and so is a chunk that holds no calls', async () => {
  await withBoth(async (rows, all, file, damage) => {
    file.history.exec('UPDATE calls SET status=500 WHERE seq=5');
    file.history.exec(`UPDATE call_links SET trace='${trace.replace('0', '1')}' WHERE seq=8`);
    const { seq } = file.history.prepare('SELECT min(seq) AS seq FROM call_chunks').get() as { seq: number };
    file.history.exec(`UPDATE call_chunks SET body=zeroblob(length(body)) WHERE seq=${seq}`);
    const left = all.filter((_, n) => n !== 4 && (n < 300 || n >= 396));
    const { traceId: _, replayOf: __, ...bare } = all[7]!;
    const expected = left.map((one) => (one === all[7] ? bare : one)).toReversed();
    assert.deepEqual(await rows.find({ limit: 1000 }), expected);
    await rows.scrub();
    assert.deepEqual(
      new Set(damage.map(({ origin, key }) => `${origin} ${key}`)),
      new Set(['calls row 5', 'call_links row 8', `call_chunks row ${seq}`]),
    );
    // As many as were there: what is damaged is not missing, too.
    assert.equal(damage.length, 3);
  });
});
