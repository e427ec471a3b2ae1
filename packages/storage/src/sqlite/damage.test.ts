import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FunctionRecord } from '@wherry/core/function';
import { sampleFunction } from '@wherry/testkit/samples';
import { Callees } from './callees.ts';
import { DatabaseFile } from './database-file.ts';
import { DesiredRows } from './desired-rows.ts';
import { openStore } from './open-store.ts';
import { ScalingRows } from './scaling-rows.ts';
import type { Damage } from './sealed-rows.ts';
import { TokenRows } from './token-rows.ts';

const names = Array.from({ length: 60 }, (_, n) => `fn-${n}`);
const written = (name: string) =>
  sampleFunction(name, 1, { env: { NAME: name, TEXT: 'some text '.repeat(8) } });

async function inFolder(body: (home: string, file: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'wherry-damage-'));
  try {
    const store = await openStore({ home, now: Date.now });
    for (const name of names) {
      await store.desiredState.put(written(name));
      await store.desiredState.nextVersion({ namespace: 'openfaas-fn', name });
    }
    await store.close();
    await body(home, join(home, 'wherry.db'));
  } finally {
    await rm(home, { recursive: true });
  }
}

/** Replaces every occurrence of a text in a file: pages that were split leave stale copies behind. */
async function overwrite(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'latin1');
  assert.ok(text.includes(from));
  await writeFile(file, text.replaceAll(from, to), 'latin1');
}

/** Opens a damaged file in this thread: what is served, and what was reported. */
function audit(home: string): { served: readonly FunctionRecord[]; damage: Damage[]; next: number } {
  const damage: Damage[] = [];
  const file = new DatabaseFile(home);
  try {
    const rows = new DesiredRows(file, 0, (one) => damage.push(one));
    return {
      served: rows.list(),
      damage,
      next: rows.nextVersion({ namespace: 'openfaas-fn', name: names[7]! }),
    };
  } finally {
    file.close();
  }
}

test('a function whose row was damaged is put aside and reported; the others are served', async () => {
  await inFolder(async (home, file) => {
    await overwrite(file, '"NAME":"fn-7"', '"NAME":"xx-7"');
    const damage: Damage[] = [];
    const store = await openStore({ home, now: Date.now, onDamage: (one) => damage.push(one) });
    const served = await store.desiredState.list();
    // It can be deployed again at once.
    const redeployed = await store.desiredState.put(written('fn-7')).then(() => 'yes', String);
    await store.close();
    assert.equal(redeployed, 'yes');
    assert.deepEqual(damage, [
      { origin: 'functions', key: '["openfaas-fn","fn-7"]', reason: 'its checksum does not fit' },
    ]);
    assert.equal(served.length, names.length - 1);
    const again = audit(home);
    assert.deepEqual(again.damage, [], 'reported once');
    assert.equal(again.served.length, names.length);
    const opened = new DatabaseFile(home);
    assert.equal(opened.durable.prepare('SELECT count(*) AS n FROM quarantine').get()?.['n'], 1);
    opened.close();
  });
});

test('a damaged version counter leaps rather than repeats, also after the next start', async () => {
  await inFolder(async (home, file) => {
    // In the table of counters a key is followed at once by its body.
    await overwrite(file, '["openfaas-fn","fn-7"]2', '["openfaas-fn","fn-7"]0');
    assert.equal(audit(home).next, 1_000_001);
    assert.equal(audit(home).next, 1_000_002);
  });
});

test('rows that are missing are noticed', async () => {
  await inFolder(async (home) => {
    const file = new DatabaseFile(home);
    file.durable.exec('DELETE FROM functions WHERE seq < 3');
    file.close();
    assert.deepEqual(audit(home).damage, [
      { origin: 'functions', key: undefined, reason: '2 of 60 rows are missing' },
    ]);
    assert.deepEqual(audit(home).damage, []);
  });
});

test('of 400 single flipped bits none changes an answer without a word', async () => {
  await inFolder(async (home, file) => {
    const sound = join(home, 'sound');
    await copyFile(file, sound);
    const bytes = await readFile(sound);
    const expected = new Map(names.map((name) => [name, written(name)]));
    let reported = 0;
    let refused = 0;
    for (let flip = 0; flip < 400; flip += 1) {
      const bit = (flip * 7919 * 104729) % (bytes.length * 8);
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await writeFile(file, flipped);
      for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
      try {
        const { served, damage, next } = audit(home);
        for (const record of served) assert.deepEqual(record, expected.get(record.name), `bit ${bit}`);
        if (served.length < names.length)
          assert.ok(damage.length > 0, `bit ${bit}: a function is missing and nobody says so`);
        assert.ok(next > 1, `bit ${bit}: version ${next} comes twice`);
        if (damage.length > 0) reported += 1;
      } catch (error) {
        // A file that cannot be opened at all says so; that is an answer too.
        if ((error as { code?: string }).code !== 'storage_damaged') throw error;
        refused += 1;
      }
    }
    assert.ok(reported > 20, `${reported} reported, ${refused} refused`);
  });
});

test('what is not found where it was read is damage: neither changed nor removed with a good word', async () => {
  await inFolder(async (home) => {
    const file = new DatabaseFile(home);
    const tokens = new TokenRows(file, 0, (one) => assert.fail(one.reason));
    const token = { hash: 'a'.repeat(64), scopes: ['admin'], functions: '*', createdAt: 1 } as const;
    for (const name of ['one', 'two', 'three']) tokens.put({ ...token, name }, false);
    // As if a page above led elsewhere.
    file.durable.exec('UPDATE tokens SET seq = 102 WHERE seq = 2');
    assert.throws(() => tokens.remove('two'), {
      code: 'storage_damaged',
      message: /row 2 of tokens is gone/,
    });
    assert.throws(() => tokens.put({ ...token, name: 'two', createdAt: 2 }, true), {
      code: 'storage_damaged',
    });
    assert.deepEqual(
      tokens.list().map(({ name, createdAt }) => [name, createdAt]),
      ['one', 'three', 'two'].map((name) => [name, 1]),
    );
    assert.equal(tokens.remove('one'), true);
    file.close();
  });
});

test('a decision over instances that is there twice, and another not at all, is found by looking through', async () => {
  await inFolder(async (home, path) => {
    const of = { namespace: 'openfaas-fn', name: 'hello', version: 1 };
    const open = (): { file: DatabaseFile; rows: ScalingRows } => {
      const file = new DatabaseFile(home);
      const callees = new Callees(file, (one) => assert.fail(one.reason));
      return { file, rows: new ScalingRows(file, callees, (one) => assert.fail(one.reason)) };
    };
    const before = open();
    before.rows.append(
      Array.from({ length: 9 }, (_, at) => ({
        ...{
          deployment: of,
          at,
          kind: 'up' as const,
          from: 1,
          wanted: 2,
          actual: 2,
          reason: `${at} in flight`,
        },
      })),
    );
    before.rows.scrub();
    const root = before.file.history
      .prepare(`SELECT rootpage FROM sqlite_schema WHERE name='scalings'`)
      .get()?.['rootpage'] as number;
    before.file.close();
    const bytes = await readFile(path);
    // A leaf's rows are where its pointers say, two bytes each behind a head of eight.
    const pointers = (root - 1) * 4096 + 8;
    bytes.copy(bytes, pointers + 2 * 5, pointers + 2 * 4, pointers + 2 * 5);
    await writeFile(path, bytes);
    const { file, rows } = open();
    assert.throws(() => rows.scrub(), { code: 'storage_damaged' });
    file.close();
  });
});
