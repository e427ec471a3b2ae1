import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { sampleId, sampleItem } from '@wherry/testkit/samples';
import { DatabaseFile } from '../database-file.ts';
import { openStore, type Store } from '../open-store.ts';
import { scrub } from './queue-scrub.ts';
import type { Damage } from '../sealed-rows.ts';

const now = Date.UTC(2026, 0, 1);
const lane = 'hello.openfaas-fn';

interface Opened {
  readonly store: Store;
  readonly damage: Damage[];
}

/** Ten calls that wait, `spoilt` behind the gateway's back; then as the next start finds them. */
async function after(t: TestContext, spoil: (database: DatabaseSync) => void): Promise<Opened> {
  const home = await mkdtemp(join(tmpdir(), 'wherry-queue-'));
  t.after(() => rm(home, { recursive: true }));
  const first = await openStore({ home, now: Date.now });
  await first.queue.enqueue(Array.from({ length: 10 }, (_, n) => sampleItem(n)));
  await first.close();
  const database = new DatabaseSync(join(home, 'wherry.db'));
  spoil(database);
  database.close();
  const damage: Damage[] = [];
  const store = await openStore({ home, now: Date.now, onDamage: (one) => damage.push(one) });
  t.after(() => store.close());
  return { store, damage };
}

async function leased({ store }: Opened): Promise<string[]> {
  const all = await store.queue.lease([{ lane, most: 100 }], 'gateway', now, now + 1000, 1e9);
  return all.map(({ id }) => id);
}

const others = (gone: number): string[] => [...Array(10).keys()].filter((n) => n !== gone).map(sampleId);

for (const [what, sql] of [
  ['a body', "UPDATE queue_items SET body=x'00' WHERE seq=4"],
  ['a head', "UPDATE queue_items SET head=replace(head, 'POST', 'PUSH') WHERE seq=4"],
  ['where it stands', 'UPDATE queue_states SET attempts=7 WHERE seq=4'],
  ['a number that is none', 'UPDATE queue_states SET epoch=9223372036854775807 WHERE seq=4'],
  ['a number that is bytes', "UPDATE queue_states SET attempts=x'' WHERE seq=4"],
] as const)
  test(`a flipped bit in ${what} puts that call aside, and the others are made`, async (t) => {
    const opened = await after(t, (database) => database.exec(sql));
    assert.deepEqual(await leased(opened), others(3));
    assert.deepEqual(opened.damage, [
      { origin: 'queue_items', key: sampleId(3), reason: 'its checksum does not fit' },
    ]);
    assert.deepEqual(await opened.store.queue.find({ id: sampleId(3), limit: 1 }), []);
  });

test('what is damaged is left out of pages, and ends none of them', async (t) => {
  const many = 6_000;
  const home = await mkdtemp(join(tmpdir(), 'wherry-queue-'));
  t.after(() => rm(home, { recursive: true }));
  const first = await openStore({ home, now: Date.now });
  await first.queue.enqueue(Array.from({ length: many }, (_, n) => sampleItem(n)));
  await first.close();
  const database = new DatabaseSync(join(home, 'wherry.db'));
  database.exec(`UPDATE queue_items SET body=x'00' WHERE seq > ${many - 5}`);
  database.close();
  const store = await openStore({ home, now: Date.now });
  t.after(() => store.close());
  const found: string[] = [];
  for (let before: string | undefined; ; before = found.at(-1)) {
    const page = await store.queue.find({ limit: 700, ...(before === undefined ? {} : { before }) });
    found.push(...page.map(({ item }) => item.id));
    if (page.length < 700) break;
  }
  assert.deepEqual(found.length, many - 5);
  assert.deepEqual(new Set(found).size, many - 5);
});

test('a row that stands in the place of another is not taken for it', async (t) => {
  const opened = await after(t, (database) => {
    const move = database.prepare('UPDATE queue_items SET seq=? WHERE seq=?');
    for (const [to, from] of [
      [-1, 3],
      [3, 4],
      [4, -1],
    ] as const)
      move.run(to, from);
  });
  assert.deepEqual(await leased(opened), [0, 1, 4, 5, 6, 7, 8, 9].map(sampleId));
  assert.equal(opened.damage.length, 2);
});

test('a call that says it is over although it is not is found by looking through all, and so is one of which only half is left', async (t) => {
  const opened = await after(t, (database) => {
    database.exec('UPDATE queue_states SET state=2 WHERE seq=2; DELETE FROM queue_states WHERE seq=5');
    database.exec('DELETE FROM queue_items WHERE seq=8');
  });
  await opened.store.queue.release('gateway', now, now + 1e9);
  while (opened.damage.length < 3) await opened.store.queue.lanes();
  const told = opened.damage.map(({ key, reason }) => `${key ?? 'unknown'}: ${reason}`);
  assert.deepEqual(
    new Set(told),
    new Set([
      `${sampleId(1)}: its checksum does not fit`,
      `${sampleId(4)}: where it stood is lost`,
      'unknown: its call is missing',
    ]),
  );
  assert.deepEqual(await leased(opened), [0, 2, 3, 5, 6, 8, 9].map(sampleId));
});

test('what an index does not lead to any more is found again', async (t) => {
  const opened = await after(t, (database) => {
    // As a flipped bit in a page of the index has it: the rows are sound, and nothing leads to them.
    database.enableDefensive(false);
    database.exec('PRAGMA writable_schema=ON');
    const schema = database.prepare("SELECT sql FROM sqlite_schema WHERE name='queue_due'").get();
    const version = Number(database.prepare('PRAGMA schema_version').get()?.['schema_version']);
    database.exec(
      "UPDATE sqlite_schema SET sql=replace(sql, 'state = 0', 'state = 0 AND seq <> 6') WHERE name='queue_due'",
    );
    database.exec(`PRAGMA schema_version=${version + 1}`);
    database.exec('REINDEX queue_due');
    const put = database.prepare("UPDATE sqlite_schema SET sql=? WHERE name='queue_due'");
    put.run(schema?.['sql'] as string);
    database.exec(`PRAGMA schema_version=${version + 2}`);
  });
  assert.deepEqual(await leased(opened), others(5), 'the control: nothing leads there');
  await opened.store.queue.release('gateway', now, now + 1e9);
  let found = 0;
  while (found < 10) found += (await leased(opened)).length;
  assert.equal(found, 10, 'nine that were given back, and the lost one');
  assert.deepEqual(opened.damage, []);
});

for (const [state, index] of [
  ['waiting', 'queue_due'],
  ['running', 'queue_leases'],
  ['dead', 'queue_dead'],
  ['waiting', 'queue_lane'],
] as const)
  test(`an entry of ${index} that leads to the row of another is found by the look through all that waits`, async (t) => {
    const home = await mkdtemp(join(tmpdir(), 'wherry-queue-'));
    t.after(() => rm(home, { recursive: true }));
    const store = await openStore({ home, now: Date.now });
    await store.queue.enqueue(Array.from({ length: 40 }, (_, n) => sampleItem(n)));
    if (state !== 'waiting') await leaseAll(store, state === 'dead');
    await store.close();
    const path = join(home, 'wherry.db');
    lengthen(path, index, 35);
    assert.notEqual(integrityOf(path), 'ok', 'the control');
    const file = new DatabaseFile(home);
    await scrub(file, { damaged: nothing, orphan: nothing });
    file.close();
    assert.equal(integrityOf(path), 'ok');
  });

const nothing = (): void => assert.fail('the rows are sound');

async function leaseAll({ queue }: Store, thenDead: boolean): Promise<void> {
  const all = await queue.lease([{ lane, most: 100 }], 'gateway', now, now + 1000, 1e9);
  const end = {
    to: 'dead',
    at: now,
    reason: 'attempts',
    note: { at: now, cause: 'x' },
    keptUntil: now,
  } as const;
  if (thenDead) await queue.settle(all.map(({ id, epoch }) => ({ id, epoch, ...end })));
}

/** One bit in the length of an entry: its columns are read from its front and stay, the row that it leads to is read from its end. */
function lengthen(path: string, index: string, entry: number): void {
  const database = new DatabaseSync(path);
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name=?').get(index)?.['rootpage'];
  database.close();
  const bytes = readFileSync(path);
  const page = bytes.subarray((Number(root) - 1) * 4096, Number(root) * 4096);
  assert.equal(page[0], 10, 'a leaf of an index');
  const at = page.readUInt16BE(8 + entry * 2);
  page[at] = Number(page[at]) ^ 0x10;
  writeFileSync(path, bytes);
}

function integrityOf(path: string): unknown {
  const database = new DatabaseSync(path);
  const [first] = database.prepare('PRAGMA integrity_check').all();
  database.close();
  return first?.['integrity_check'];
}
