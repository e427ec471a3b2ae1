import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sampleCall, sampleFunction } from '@wherry/testkit/samples';
import { crc32 } from 'node:zlib';
import { salvage } from '../salvage/salvage.ts';
import { migrate } from './database-file.ts';
import { migrations } from './migrations/list.ts';
import { openStore } from './open-store.ts';
import type { Damage } from './sealed-rows.ts';

const writer = fileURLToPath(new URL('./writer.fixtures.ts', import.meta.url));
const posix = process.platform !== 'win32';

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'wherry-open-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the data folder and its files are for their owner only, whatever the umask', {
  skip: !posix && 'no modes here',
}, async () => {
  await inFolder(async (folder) => {
    for (const umask of [0o000, 0o777]) {
      const home = join(folder, `home-${umask}`);
      const before = process.umask(umask);
      try {
        const store = await openStore({ home, now: Date.now });
        await store.desiredState.put(sampleFunction('hello'));
        assert.equal((await stat(home)).mode & 0o777, 0o700);
        const files = await readdir(home);
        assert.ok(files.length >= 4, files.join());
        for (const file of files) assert.equal((await stat(join(home, file))).mode & 0o777, 0o600, file);
        await store.close();
      } finally {
        process.umask(before);
      }
    }
  });
});

test('a second gateway on the folder is refused and told whose it is; a killed one leaves it free', async () => {
  await inFolder(async (home) => {
    const child = spawn(process.execPath, [writer, home, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    child.stdout.resume();
    await assert.rejects(openStore({ home, now: Date.now }), {
      code: 'home_in_use',
      message: `${home} is used by another process`,
    });
    const note = { pid: child.pid, addresses: { gateway: 'http://127.0.0.1:8080' } };
    await writeFile(join(home, 'server.json'), JSON.stringify(note));
    const message = `${home} is used by process ${child.pid} at http://127.0.0.1:8080`;
    await assert.rejects(openStore({ home, now: Date.now }), { code: 'home_in_use', message });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await (await openStore({ home, now: Date.now })).close();
  });
});

test('the same process cannot open it twice either', async () => {
  await inFolder(async (home) => {
    const store = await openStore({ home, now: Date.now });
    await assert.rejects(openStore({ home, now: Date.now }), { code: 'home_in_use' });
    await store.desiredState.put(sampleFunction('hello'));
    await assert.rejects(openStore({ home, now: Date.now }), { code: 'home_in_use' });
    await store.close();
    await store.close();
    await assert.rejects(store.desiredState.list(), { code: 'storage_failed' });
    await (await openStore({ home, now: Date.now })).close();
  });
});

test('a file of a newer program is refused with the remedy, and not touched', async () => {
  await inFolder(async (home) => {
    await (await openStore({ home, now: Date.now })).close();
    const file = new DatabaseSync(join(home, 'wherry.db'));
    file.exec("PRAGMA user_version=99; UPDATE sizes SET rows=99 WHERE origin='schema'");
    file.close();
    const error = await openStore({ home, now: Date.now }).catch((thrown: unknown) => thrown);
    assert.equal((error as { code: string }).code, 'data_newer');
    assert.match(
      (error as Error).message,
      /wherry\.db has schema 99 of Wherry 0\.\d+\.\d+; this program knows schemas up to \d+/,
    );
    assert.match((error as { next: string }).next, /newer Wherry/);
  });
});

test('a file that is no database is refused, and kept', async () => {
  await inFolder(async (home) => {
    await writeFile(join(home, 'wherry.db'), 'not a database '.repeat(1000));
    await assert.rejects(openStore({ home, now: Date.now }), { code: 'storage_damaged', message: /damaged/ });
    assert.equal((await stat(join(home, 'wherry.db'))).size, 15_000);
  });
});

test('a power cut in the very first write leaves half a page and a journal, and the next start takes that back', async () => {
  await inFolder(async (home) => {
    const making = new DatabaseSync(join(home, 'making.db'));
    making.exec('PRAGMA cache_size=1; BEGIN; CREATE TABLE t (x); CREATE TABLE u (x)');
    for (let n = 0; n < 50; n += 1) making.exec('INSERT INTO t VALUES (randomblob(4000))');
    const torn = await readFile(join(home, 'making.db'));
    assert.ok(torn.length > 4096, 'the control: it has been written to');
    torn.fill(0, 0, 512);
    await writeFile(join(home, 'wherry.db'), torn);
    await writeFile(join(home, 'wherry.db-journal'), await readFile(join(home, 'making.db-journal')));
    making.close();
    const store = await openStore({ home, now: Date.now });
    assert.deepEqual(await store.desiredState.list(), []);
    await store.desiredState.put(sampleFunction('hello'));
    await store.close();
  });
});

test('a step of the schema that fails half-way leaves no trace, and is done again', async () => {
  const file = new DatabaseSync(':memory:');
  const version = () => file.prepare('PRAGMA user_version').get()?.['user_version'];
  assert.throws(() =>
    migrate(file, 'x', ['CREATE TABLE one (a)', 'CREATE TABLE two (a); CREATE TABLE one (a)']),
  );
  assert.equal(version(), 1);
  migrate(file, 'x', ['never again', 'CREATE TABLE two (a)', 'CREATE TABLE three (a)']);
  assert.equal(version(), 3);
});

test('a store of before there were seals is served whole, sealed as it changes, and salvaged too', async () => {
  await inFolder(async (home) => {
    const old = new DatabaseSync(join(home, 'wherry.db'));
    old.exec('PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL');
    migrate(old, 'x', migrations.slice(0, 5));
    for (const name of ['one', 'two']) {
      const [key, body] = [JSON.stringify(['openfaas-fn', name]), JSON.stringify(sampleFunction(name))];
      // As the first schemas had it: the table is no part of the checksum.
      const checksum = crc32(body, crc32(`${key}\n`));
      old.prepare('INSERT INTO functions (key, body, checksum) VALUES (?, ?, ?)').run(key, body, checksum);
    }
    old.exec(`INSERT INTO sizes VALUES ('functions', 2);
      INSERT INTO callees VALUES (1, 'openfaas-fn', 'one', 1);
      INSERT INTO calls VALUES (1, 'old', NULL, 0, 1, 1, NULL, 'i', 'GET', '/', 5.0, 1.0, 0.0, 0.0, 1.0, 0, 200, 0, 0, NULL, NULL);
      INSERT INTO call_blocks VALUES (0, 1, 100, 5.0, 5.0, x'${'ff'.repeat(32)}')`);
    old.close();
    const damage: Damage[] = [];
    const open = () => openStore({ home, now: Date.now, onDamage: (one) => damage.push(one) });
    let store = await open();
    assert.equal((await store.desiredState.list()).length, 2);
    await store.desiredState.put(sampleFunction('two', 2));
    await store.records.append([sampleCall(1)]);
    await store.close();
    store = await open();
    assert.deepEqual(
      (await store.desiredState.list()).map(({ revision }) => revision),
      [1, 2],
    );
    assert.equal((await store.records.find({ limit: 10 })).length, 2);
    await store.scrub();
    await store.close();
    // Torn apart: what has no seal is believed where its table is known.
    const path = join(home, 'wherry.db');
    await writeFile(path, (await readFile(path)).fill(0, 16, 30));
    const { tables } = await salvage(home, 1);
    const kept = Object.fromEntries(tables.map((one) => [one.table, one.kept]));
    assert.deepEqual([kept['functions'], kept['calls'], kept['callees']], [2, 2, 2]);
    store = await open();
    assert.equal((await store.desiredState.list()).length, 2);
    assert.equal((await store.records.find({ limit: 10 })).length, 2);
    await store.scrub();
    await store.close();
    assert.deepEqual(damage, []);
  });
});

test('a folder that cannot be made is an error with its name', async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(openStore({ home: join(folder, 'file', 'home'), now: Date.now }), {
      code: 'storage_failed',
      message: /home/,
    });
    await mkdir(join(folder, 'taken', 'wherry.db'), { recursive: true });
    await assert.rejects(openStore({ home: join(folder, 'taken'), now: Date.now }), {
      code: 'storage_failed',
    });
  });
});

test('when the database falls behind, history is dropped and counted, and nobody waits', async () => {
  await inFolder(async (home) => {
    const store = await openStore({ home, now: Date.now });
    const batch = Array.from({ length: 5000 }, (_, n) => sampleCall(n));
    const appends = Array.from({ length: 300 }, () => store.records.append(batch));
    const { calls, reason } = store.losses();
    assert.ok(calls > 0 && calls < 1_500_000, `${calls} were dropped`);
    assert.match(reason ?? '', /behind/);
    await Promise.all(appends);
    assert.equal((await store.records.counts()).get('hello.openfaas-fn'), 1_500_000 - calls);
    await store.close();
  });
});

test('pruning gives the room back to the disk', async () => {
  await inFolder(async (home) => {
    const store = await openStore({ home, now: Date.now });
    const batch = Array.from({ length: 5000 }, (_, n) => sampleCall(n, { path: '/'.padEnd(200, 'x') }));
    for (let round = 0; round < 12; round += 1) await store.records.append(batch);
    await store.records.prune(0, 2_000_000);
    await store.close();
    const { size } = await stat(join(home, 'wherry.db'));
    assert.ok(size < 3_500_000, `${size} bytes`);
  });
});
