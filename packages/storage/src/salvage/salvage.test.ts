import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sampleCall, sampleFunction } from '@wherry/testkit/samples';
import { seed } from '@wherry/testkit/seeded';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { openStore } from '../sqlite/open-store.ts';
import { auditDamage } from './damage-audit.fixtures.ts';
import { salvage } from './salvage.ts';
import { derivedTables, salvageTables } from './salvage-tables.ts';

const images = Number(process.env['WHERRY_DAMAGE_IMAGES'] ?? 1000);

test(`of ${images} damaged stores none serves what was not written, and all that is undamaged is served`, async (t) => {
  const audit = await auditDamage({ images, seed });
  const { faults, ...counts } = audit;
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`);
  assert.deepEqual(
    faults.slice(0, 5),
    [],
    `${faults.length} faults, seed ${seed}: ${JSON.stringify(counts)}`,
  );
  assert.ok(counts.reported > images / 4 && counts.salvaged > images / 10, JSON.stringify(counts));
});

test('the audit fails where checksums are not looked at', async () => {
  const { faults } = await auditDamage({ images: 60, seed: 1, withoutChecksums: true });
  assert.ok(
    faults.some((fault) => fault.includes('is not what was written')),
    faults.join(),
  );
});

async function inFolder(body: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'wherry-salvage-'));
  try {
    await body(home);
  } finally {
    await rm(home, { recursive: true });
  }
}

const open = (home: string, damage: unknown[] = []) =>
  openStore({ home, now: Date.now, onDamage: (one) => damage.push(one) });

async function fill(home: string): Promise<void> {
  const store = await open(home);
  for (let n = 0; n < 30; n += 1) {
    await store.desiredState.put(sampleFunction(`fn-${n}`, 1, { env: { TEXT: `text of ${n} `.repeat(20) } }));
    await store.desiredState.nextVersion({ namespace: 'openfaas-fn', name: `fn-${n}` });
  }
  await store.records.append(Array.from({ length: 50 }, (_, n) => sampleCall(n)));
  await store.queue.enqueue([
    {
      ...{ id: 'call-1', lane: 'hello.openfaas-fn', of: { namespace: 'openfaas-fn', name: 'hello' } },
      ...{
        head: { method: 'POST', target: '/', headers: [] },
        body: Buffer.from('later'),
        enqueuedAt: 1,
        due: 1,
        expires: 1e15,
      },
    } as unknown as Parameters<typeof store.queue.enqueue>[0][0],
  ]);
  await store.close();
}

test('every table of the schema is salvaged, or written anew from those that are', async () => {
  await inFolder(async (home) => {
    const file = new DatabaseFile(home);
    const found = file.durable
      .prepare("SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name));
    assert.deepEqual(found.sort(), [...salvageTables.map(({ name }) => name), ...derivedTables].sort());
    for (const { name, columns } of salvageTables) {
      const has = file.durable
        .prepare(`PRAGMA table_info(${name})`)
        .all()
        .map((column) => String(column['name']));
      assert.deepEqual(has, columns, name);
    }
    file.close();
  });
});

test('a database that SQLite refuses is salvaged: what is lost is named, and the damaged file is kept', async () => {
  await inFolder(async (home) => {
    await fill(home);
    const path = join(home, 'wherry.db');
    const bytes = await readFile(path);
    // One function, and the page that everything hangs on.
    const damaged = Buffer.from(
      bytes.toString('latin1').replaceAll('text of 7 text', 'TEXT of 7 text'),
      'latin1',
    );
    damaged.fill(0x55, 0, 4096);
    await writeFile(path, damaged);
    const refusal = await open(home).catch((error: unknown) => error);
    assert.equal((refusal as { code: string }).code, 'storage_damaged');
    assert.match((refusal as { next: string }).next, /wherry salvage/);

    const rehearsed = await salvage(home, 1, true);
    assert.deepEqual(await readFile(path), damaged, 'a rehearsal changes nothing');
    const report = await salvage(home, 1);
    assert.deepEqual(rehearsed, { ...report, aside: undefined });
    assert.equal(report.sound, false);
    const functions = report.tables.find(({ table }) => table === 'functions');
    assert.deepEqual([functions?.kept, functions?.damaged], [29, 1]);
    assert.deepEqual(
      report.lost.filter(({ table }) => table === 'functions').map(({ key }) => key),
      ['["openfaas-fn","fn-7"]'],
    );
    assert.deepEqual(await readFile(report.aside!), damaged);

    const damage: unknown[] = [];
    const store = await open(home, damage);
    assert.equal((await store.desiredState.list()).length, 29);
    assert.equal((await store.records.find({ limit: 100 })).length, 50);
    assert.equal((await store.records.counts()).get('hello.openfaas-fn'), 50);
    assert.equal((await store.queue.find({ limit: 10 })).length, 1);
    // It goes on as any other.
    await store.desiredState.put(sampleFunction('fn-7'));
    await store.records.append([sampleCall(51)]);
    await store.scrub();
    assert.deepEqual(damage, []);
    await store.close();
  });
});

test('a sound database is left as it is, also when its log has not been written into it', async () => {
  await inFolder(async (home) => {
    await fill(home);
    const before = await readFile(join(home, 'wherry.db'));
    assert.equal((await salvage(home, 1)).sound, true);
    assert.deepEqual(await readFile(join(home, 'wherry.db')), before);
    // As a killed gateway leaves it: the newest is in the log only.
    const file = new DatabaseFile(home);
    file.durable.exec('PRAGMA wal_autocheckpoint=0; UPDATE functions SET seq=seq+1000');
    const copies = ['wherry.db', 'wherry.db-wal'];
    for (const name of copies) await copyFile(join(home, name), join(home, `kept-${name}`));
    file.close();
    for (const name of copies) await rename(join(home, `kept-${name}`), join(home, name));
    await rm(join(home, 'wherry.db-shm'), { force: true });
    assert.ok((await readFile(join(home, 'wherry.db-wal'))).length > 4096);
    assert.equal((await salvage(home, 1)).sound, true);
  });
});

test('what is only in the log is salvaged, and a log that belongs to the damaged file is not left to the new one', async () => {
  await inFolder(async (home) => {
    const file = new DatabaseFile(home);
    file.durable.exec('PRAGMA wal_autocheckpoint=0');
    file.close();
    const store = await open(home);
    for (let n = 0; n < 5; n += 1) await store.desiredState.put(sampleFunction(`fn-${n}`));
    for (const name of ['wherry.db', 'wherry.db-wal'])
      await copyFile(join(home, name), join(home, `kept-${name}`));
    await store.close();
    for (const name of ['wherry.db', 'wherry.db-wal'])
      await rename(join(home, `kept-${name}`), join(home, name));
    // The database itself is of no use; the log has every page of it that matters.
    const bytes = await readFile(join(home, 'wherry.db'));
    await writeFile(join(home, 'wherry.db'), bytes.fill(0, 0, 100));
    const { aside, tables } = await salvage(home, 1);
    assert.equal(tables.find(({ table }) => table === 'functions')?.kept, 5);
    const left = await readdir(home);
    assert.ok(
      left.includes(`${aside!.split('/').at(-1)}-wal`) && !left.includes('wherry.db-wal'),
      left.join(),
    );
    const again = await open(home);
    assert.equal((await again.desiredState.list()).length, 5);
    await again.close();
  });
});

test('a salvage that was cut off before the last step is finished by the next', async () => {
  await inFolder(async (home) => {
    await fill(home);
    await copyFile(join(home, 'wherry.db'), join(home, 'wherry.db.salvaged'));
    await writeFile(join(home, 'wherry.db'), 'damaged');
    await salvage(home, 1);
    const store = await open(home);
    assert.equal((await store.desiredState.list()).length, 30);
    await store.close();
  });
});

test('while a gateway has the folder, and where a newer Wherry wrote it, nothing is touched', async () => {
  await inFolder(async (home) => {
    await fill(home);
    const store = await open(home);
    await assert.rejects(salvage(home, 1), { code: 'home_in_use' });
    await store.close();
    const file = new DatabaseFile(home);
    file.durable.exec("PRAGMA user_version=99; UPDATE sizes SET rows=99 WHERE origin='schema'");
    file.close();
    await assert.rejects(salvage(home, 1), { code: 'data_newer' });
  });
});
