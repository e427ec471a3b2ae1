// What a gateway lives through on a small disk, for full-disk.test.ts: runs in a mount namespace of its own, where HOME is a
// 16 MB memory disk, and says what it saw as one line of JSON.
//   node full-disk.fixtures.ts HOME
import { sampleCall, sampleFunction, sampleId, sampleItem } from '@wherry/testkit/samples';
import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from './open-store.ts';

const home = process.argv[2]!;
const filler = join(home, 'filler');
const seen: Record<string, unknown> = {};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'kept',
    (error: { code?: string }) => error.code,
  );
const big = (name: string) => sampleFunction(name, 1, { env: { TEXT: 'x'.repeat(100_000) } });
const calls = Array.from({ length: 2000 }, (_, n) => sampleCall(n, { path: '/'.padEnd(200, 'x') }));

function fill(): void {
  for (const size of [65_536, 4096, 512]) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size, 1));
    } catch {
      // Until not even this much fits.
    }
  }
}

const store = await openStore({ home, now: Date.now });
const { lane, due } = sampleItem(0);
const queueEnd = due + 60_000;
await store.queue.enqueue([sampleItem(0), sampleItem(1)]);
await store.queue.lease([{ lane, most: 1 }], 'here', due, queueEnd, 1);
const many = Array.from({ length: 100 }, (_, n) => `many-${n}`);
for (const name of many) await store.desiredState.put(sampleFunction(name));
const uses = Array.from({ length: 600 }, (_, n) => ({ name: `token-${n}`, hash: 'a'.repeat(64), at: due }));
for (const { name, hash } of uses)
  await store.tokens.put({ name, hash, scopes: ['read'], functions: '*', createdAt: due }, false);
// Three megabytes that are in the log and not yet in the database.
const early = 30;
for (let n = 0; n < early; n += 1) await store.desiredState.put(big(`early-${n}`));
const told: string[] = [];
store.desiredState.watch((change) => told.push(change.kind));
await store.desiredState.put(big('before'));

fill();
// What is left of the log file's own room may take a write or two; then the disk is really full.
let outcome = 'kept';
let last = 0;
for (; outcome === 'kept' && last < 100; last += 1)
  outcome = String(await codeOf(store.desiredState.put(big(`fn-${last}`))));
seen['full'] = outcome;
seen['uses'] = await codeOf(store.tokens.used(uses));
seen['toldWhenFull'] = told.length === last;
seen['missing'] =
  (await store.desiredState.get({ namespace: 'openfaas-fn', name: `fn-${last - 1}` })) === undefined;
seen['served'] = (await store.desiredState.list()).length === last + many.length + early;
seen['append'] = await codeOf(Promise.all(Array.from({ length: 5 }, () => store.records.append(calls))));
seen['lost'] = store.losses().calls > 0;
let numbersLost = 0;
const round = (n: number) =>
  Array.from({ length: 500 }, (_, at) => ({
    ...{ name: 'numbers', labels: { at: `${at}` }, kind: 'gauge' as const },
    value: Math.sin(n * at),
  }));
for (let n = 0; n < 120; n += 1) numbersLost += await store.metrics.append(due + n * 10_000, round(n));
seen['numbersLost'] = numbersLost > 0 && numbersLost < 120 * 500 && store.losses().samples === numbersLost;
seen['removes'] = await codeOf(store.desiredState.remove({ namespace: 'openfaas-fn', name: 'before' }, 1));
const outcomes = new Set<string | undefined>();
for (const name of many)
  outcomes.add(await codeOf(store.desiredState.remove({ namespace: 'openfaas-fn', name }, 1)));
seen['manyRemoves'] = [...outcomes];
const settled = { id: sampleId(0), epoch: 1, at: due, keptUntil: queueEnd, to: 'done' } as const;
seen['revokes'] = await codeOf(store.tokens.remove('token-0'));
seen['enqueues'] = await codeOf(store.queue.enqueue([sampleItem(2, { body: Buffer.alloc(6_000_000) })]));
seen['settles'] = await codeOf(
  store.queue.settle([{ ...settled, result: { status: 200, headers: [], body: Buffer.alloc(0) } }]),
);
seen['states'] = (await store.queue.find({ limit: 10 })).map(({ state }) => state);
seen['leases'] = await codeOf(store.queue.lease([{ lane, most: 1 }], 'here', due, queueEnd, 1));
seen['reads'] = await codeOf(store.records.find({ limit: 10 }));

rmSync(filler);
seen['room'] = await codeOf(store.desiredState.put(big(`fn-${last - 1}`)));
seen['usesWithRoom'] = await codeOf(store.tokens.used(uses));
seen['numbersWithRoom'] = await store.metrics.append(due + 120 * 10_000, round(120));
await store.metrics.flush();
const before = store.losses().calls;
await store.records.append(calls.slice(0, 100));
seen['lostWithRoom'] = store.losses().calls - before;
seen['found'] = (await store.records.find({ limit: 10 })).length;
await store.close();

execFileSync('mount', ['-o', 'remount,ro', home]);
const refused = await openStore({ home, now: Date.now }).catch(
  (error: unknown) => error as { code: string; next: string },
);
seen['readOnly'] = 'code' in refused ? [refused.code, refused.next] : 'opened';
execFileSync('mount', ['-o', 'remount,rw', home]);
const again = await openStore({ home, now: Date.now });
seen['after'] = (await again.desiredState.list()).length === last + early;
const tokens = await again.tokens.list();
seen['tokensAfter'] =
  tokens.every(({ name, lastUsedAt }) => name !== 'token-0' && lastUsedAt === due) && tokens.length;
const numbers = await again.metrics.read({ matchers: [], from: due, to: due + 3_600_000 });
seen['numbersAfter'] =
  numbers.every(({ times }) => times.length === 121 - numbersLost / 500) && numbers.length;
fill();
await again.close();
rmSync(filler);
const third = await openStore({ home, now: Date.now });
seen['closedWhenFull'] = (await third.desiredState.list()).length === last + early;
await third.close();
process.stdout.write(JSON.stringify(seen));
