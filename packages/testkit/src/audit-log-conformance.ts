import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AuditEntry, AuditOutcome } from '@wherry/core/audit-record';
import { auditBeginning } from '@wherry/core/audit-record';
import type { AuditLog } from '@wherry/core/ports/audit-log';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const entry = (name: string, more: Partial<AuditEntry & AuditOutcome> = {}): AuditEntry & AuditOutcome => ({
  ...{ at: 1_700_000_000_000, who: 'admin', from: '127.0.0.1', what: 'deployFunction', method: 'POST' },
  ...{ namespace: 'openfaas-fn', name, call: `call-${name}`, status: 202 },
  ...more,
});

const everything = { limit: 10_000 };

async function names(log: AuditLog): Promise<(string | undefined)[]> {
  return (await log.find(everything)).map(({ name }) => name);
}

/** What every AuditLog promises, from the doc comments of the port. */
export function auditLogConformance(name: string, open: OpenStore<AuditLog>): void {
  const promise = promisesOf(name, open);

  promise('records come back newest first, numbered from 1 without gaps', async (log) => {
    await log.append([{ entry: entry('a') }, { entry: entry('b', { change: { image: 'x' } }) }]);
    await log.append([{ entry: entry('c', { status: 403, error: 'forbidden', count: 3, until: 5 }) }]);
    const found = await log.find(everything);
    assert.deepEqual(found, [
      { ...entry('c', { status: 403, error: 'forbidden', count: 3, until: 5 }), seq: 3 },
      { ...entry('b', { change: { image: 'x' } }), seq: 2 },
      { ...entry('a'), seq: 1 },
    ]);
  });

  promise('every hash is over the one before and the text that is kept', async (log) => {
    await log.append(['a', 'b', 'c'].map((one) => ({ entry: entry(one) })));
    let previous = auditBeginning;
    for (const { body, hash } of await log.read(0, 10)) {
      previous = createHash('sha256').update(`${previous}\n${body}`).digest('hex');
      assert.equal(hash, previous);
    }
    const head = await log.head();
    assert.deepEqual([head.seq, head.hash], [3, previous]);
    const verdict = await log.verify();
    assert.deepEqual([verdict.records, verdict.faults], [3, []]);
  });

  promise('what is looked for is found, page by page', async (log) => {
    await log.append([
      { entry: entry('a', { who: 'ci' }) },
      { entry: entry('b', { what: 'deleteFunction', at: 1_700_000_001_000 }) },
      { entry: entry('c', { namespace: 'team', status: 404, error: 'function_unknown' }) },
      { entry: entry('d', { status: 0, error: 'interrupted' }) },
    ]);
    const found = async (query: object): Promise<string> =>
      (await log.find({ ...everything, ...query })).map((one) => one.name).join('');
    assert.equal(await found({ who: 'ci' }), 'a');
    assert.equal(await found({ what: 'deleteFunction' }), 'b');
    assert.equal(await found({ namespace: 'team' }), 'c');
    assert.equal(await found({ name: 'd' }), 'd');
    assert.equal(await found({ since: 1_700_000_000_001 }), 'b');
    assert.equal(await found({ until: 1_700_000_000_000 }), 'dca');
    assert.equal(await found({ outcome: 'refused' }), 'c');
    assert.equal(await found({ outcome: 'unknown' }), 'd');
    assert.equal(await found({ outcome: 'done' }), 'ba');
    assert.equal(await found({ limit: 2 }), 'dc');
    assert.equal(await found({ limit: 2, before: 3 }), 'ba');
  });

  promise('an intent is no record, and is over with its outcome', async (log) => {
    const intent = await log.begin(entry('a'), false);
    await log.drop(await log.begin(entry('c'), false));
    const freeing = await log.begin(entry('b'), true);
    assert.deepEqual(await names(log), []);
    await log.append([
      { entry: entry('b'), intent: freeing },
      { entry: entry('a'), intent },
    ]);
    assert.equal(await log.recover(0), 0);
    assert.deepEqual(await names(log), ['a', 'b']);
  });

  promise('intents that were left become records of which nobody knows the end', async (log, on) => {
    await log.begin(entry('a'), false);
    const again = on.reopen === undefined ? log : await on.reopen();
    assert.equal(await again.recover(0), 1);
    const [left] = await again.find(everything);
    assert.deepEqual([left?.name, left?.status, left?.error], ['a', 0, 'interrupted']);
    assert.equal(await again.recover(0), 0);
  });

  promise('texts are bounded, and otherwise what they were', async (log) => {
    await log.append(hostileStrings.map((text) => ({ entry: entry(text, { change: { text } }) })));
    await log.append([
      { entry: entry('x'.repeat(10_000), { change: { [`k`.repeat(9000)]: 'v'.repeat(9000) } }) },
    ]);
    const [long, ...found] = await log.find(everything);
    const right = hostileStrings.map((text) =>
      (text.length > 200 ? `${text.slice(0, 199)}…` : text).toWellFormed(),
    );
    assert.deepEqual(found.map((one) => one.name).reverse(), right);
    assert.ok(JSON.stringify(long).length < 1500);
    assert.deepEqual((await log.verify()).faults, []);
  });

  promise('old records go, and the chain verifies all the same; the newest stays', async (log, on) => {
    for (let at = 1; at <= 5; at += 1) await log.append([{ entry: entry(`n${at}`, { at }) }]);
    assert.equal(await log.prune(1, 100), 0);
    assert.equal(await log.prune(4, 100), 3);
    assert.deepEqual((await log.verify()).faults, []);
    assert.equal((await log.verify()).first, 4);
    assert.equal(await log.prune(1e15, 200), 2, 'all but the record of the last time');
    await log.append([{ entry: entry('z') }]);
    const again = on.reopen === undefined ? log : await on.reopen();
    assert.deepEqual((await again.verify()).faults, []);
    assert.deepEqual(
      (await again.find(everything)).map(({ seq, what }) => [seq, what]),
      [
        [8, 'deployFunction'],
        [7, 'audit.prune'],
        [6, 'audit.prune'],
      ],
    );
  });

  promise('the chain goes on after a restart', async (log, on) => {
    if (on.reopen === undefined) return;
    await log.append([{ entry: entry('a') }]);
    const again = await on.reopen();
    await again.append([{ entry: entry('b') }]);
    assert.deepEqual(await names(again), ['b', 'a']);
    assert.deepEqual((await again.verify()).faults, []);
  });
}
