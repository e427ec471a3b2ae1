// What somebody could do to the log on the disk, and whether it is noticed. Each is done to a log of its own, with a gateway stopped.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import type { AuditVerdict } from '@wherry/core/audit-record';
import { auditLine, auditHeadLine } from '@wherry/wire/audit';
import { openStore } from '../sqlite/open-store.ts';
import { AuditKey } from './audit-key.ts';
import { linkHash, recordIn } from './chain.ts';
import { ChainCheck } from './chain-check.ts';
import { acceptLog, verifyFolder } from './offline.ts';
import { verifyExport } from './verify-export.ts';

const root = mkdtempSync(join(tmpdir(), 'wherry-audit-'));
after(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

const entry = (name: string) => ({
  ...{ at: 1_700_000_000_000, who: 'admin', from: '127.0.0.1', what: 'deployFunction', method: 'POST' },
  ...{ namespace: 'openfaas-fn', name, call: `call-${name}`, status: 202, change: { version: '1 → 2' } },
});

/** A data folder whose log has ten records. */
async function folder(): Promise<string> {
  const home = join(root, String((count += 1)));
  const store = await openStore({ home, now: Date.now });
  for (let n = 1; n <= 10; n += 1) await store.audit.append([{ entry: entry(`fn-${n}`) }]);
  await store.close();
  return home;
}

function sql(home: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(join(home, 'wherry.db'));
  for (const one of statements) database.exec(one);
  database.close();
}

const firstOf = ({ faults: [fault] }: AuditVerdict): unknown =>
  fault === undefined ? 'verifies' : [fault.kind, fault.seq];

test('a log that nobody touched verifies, also after a restart and by way of an export', async () => {
  const home = await folder();
  assert.equal(firstOf(await verifyFolder(home)), 'verifies');
  const store = await openStore({ home, now: Date.now });
  await store.audit.append([{ entry: entry('more') }]);
  await store.close();
  const verdict = await verifyFolder(home);
  assert.deepEqual([firstOf(verdict), verdict.records], ['verifies', 11]);
});

test('a changed byte is noticed in every field of a record, and the record is named', async () => {
  const home = await folder();
  const saved = `${home}.copy`;
  cpSync(home, saved, { recursive: true });
  const body = bodyOf(home, 4);
  for (let at = 0; at < body.length; at += 1) {
    rmSync(home, { recursive: true });
    cpSync(saved, home, { recursive: true });
    const changed = body.slice(0, at) + (body[at] === 'x' ? 'y' : 'x') + body.slice(at + 1);
    sql(home, `UPDATE audit SET body='${changed}' WHERE seq=4`);
    const verdict = await verifyFolder(home);
    assert.equal(verdict.faults[0]?.seq, 4, changed);
    assert.equal(verdict.faults.length, 1, 'those behind it are what they were');
  }
  for (const column of ['hash', 'mac']) {
    rmSync(home, { recursive: true });
    cpSync(saved, home, { recursive: true });
    sql(home, `UPDATE audit SET ${column}='0' || substr(${column}, 2) || 'f' WHERE seq=4`);
    assert.deepEqual(firstOf(await verifyFolder(home)), ['changed', 4], column);
  }
});

const tamperings: readonly (readonly [what: string, statements: readonly string[], first: unknown])[] = [
  ['a row is deleted', ['DELETE FROM audit WHERE seq=5'], ['missing', 5]],
  ['the beginning is deleted', ['DELETE FROM audit WHERE seq<4'], ['missing', 1]],
  ['the newest row is deleted', ['DELETE FROM audit WHERE seq=10'], ['cut', 10]],
  ['the tail is deleted', ['DELETE FROM audit WHERE seq>6'], ['cut', 7]],
  ['all is deleted', ['DELETE FROM audit'], ['cut', 1]],
  [
    'two rows change places',
    [
      'UPDATE audit SET seq=-1 WHERE seq=3',
      'UPDATE audit SET seq=3 WHERE seq=7',
      'UPDATE audit SET seq=7 WHERE seq=-1',
    ],
    ['reordered', 3],
  ],
  [
    'one is put in',
    [
      'UPDATE audit SET seq=-seq-1 WHERE seq>5',
      'UPDATE audit SET seq=-seq WHERE seq<0',
      'INSERT INTO audit SELECT 6, body, hash, key, mac, checksum FROM audit WHERE seq=2',
    ],
    ['reordered', 6],
  ],
];

for (const [what, statements, first] of tamperings)
  test(`${what}: noticed, and nothing is written until that is accepted`, async () => {
    const home = await folder();
    sql(home, ...statements);
    assert.deepEqual(firstOf(await verifyFolder(home)), first);
    const kind = (first as readonly [string, number])[0];
    if (kind !== 'cut' && what !== 'one is put in') return;
    const store = await openStore({ home, now: Date.now });
    for (const work of [store.audit.begin(entry('no'), false), store.audit.append([{ entry: entry('no') }])])
      await assert.rejects(work, { code: 'audit_unavailable' });
    assert.deepEqual(firstOf(await store.audit.verify()), first, 'what is there can be looked at');
    await store.close();
    assert.deepEqual(firstOf(await acceptLog(home, 1)), first);
    const again = await openStore({ home, now: Date.now });
    await again.audit.append([{ entry: entry('goes on') }]);
    const verdict = await again.audit.verify();
    assert.equal(firstOf(verdict), 'verifies');
    const noted = (await again.audit.find({ limit: 10, what: 'audit.accept' }))[0];
    assert.match(String(noted?.change?.['accepts']), new RegExp(`^${kind}:`));
    await again.close();
  });

test('a record at the end that this gateway did not write is noticed, although its hash fits', async () => {
  const home = await folder();
  const last = rowOf(home, 10);
  const body = last.body.replace('"seq":10', '"seq":11').replace('admin', 'somebody');
  const hash = linkHash(last.hash, body);
  sql(home, `INSERT INTO audit VALUES (11, '${body}', '${hash}', '', '', 0)`);
  assert.deepEqual(firstOf(await verifyFolder(home)), ['inserted', 11]);
});

test('a log that was made anew from some record on, with hashes that fit, is noticed', async () => {
  const home = await folder();
  let { hash } = rowOf(home, 6);
  for (let seq = 7; seq <= 10; seq += 1) {
    const body = rowOf(home, seq).body.replace('admin', 'nobody');
    hash = linkHash(hash, body);
    sql(home, `UPDATE audit SET body='${body}', hash='${hash}', key='', mac='' WHERE seq=${seq}`);
  }
  assert.deepEqual(firstOf(await verifyFolder(home)), ['replaced', 10]);
});

test('an older copy of the database is noticed; without the head apart from it, nobody would', async () => {
  const home = await folder();
  copyFileSync(join(home, 'wherry.db'), join(home, 'older'));
  const store = await openStore({ home, now: Date.now });
  for (const name of ['a', 'b', 'c']) await store.audit.append([{ entry: entry(name) }]);
  await store.close();
  copyFileSync(join(home, 'older'), join(home, 'wherry.db'));
  for (const suffix of ['-wal', '-shm']) rmSync(join(home, `wherry.db${suffix}`), { force: true });
  assert.deepEqual(firstOf(await verifyFolder(home)), ['cut', 11]);
  const check = new ChainCheck(AuditKey.read(join(home, 'audit.key')), 0);
  for (let seq = 1; seq <= 10; seq += 1) check.take(rowOf(home, seq));
  assert.equal(firstOf(check.finish(undefined)), 'verifies', 'the control');
});

test('a head that is gone, damaged or half changed is noticed, and so is a key that is gone', async () => {
  const spoil: readonly ((home: string) => void)[] = [
    (home) => rmSync(join(home, 'audit.head')),
    (home) => rmSync(join(home, 'audit.key')),
    (home) => writeFileSync(join(home, 'audit.head'), 'nothing'),
    // The newest line, with the newest record: the other line alone would fit.
    (home) => {
      const text = readFileSync(join(home, 'audit.head'), 'latin1');
      writeFileSync(join(home, 'audit.head'), `${' '.repeat(191)}\n${text.slice(192)}`);
      sql(home, 'DELETE FROM audit WHERE seq=10');
    },
  ];
  for (const one of spoil) {
    const home = await folder();
    one(home);
    assert.equal((firstOf(await verifyFolder(home)) as readonly string[])[0], 'unproved', String(one));
    const store = await openStore({ home, now: Date.now });
    await assert.rejects(store.audit.begin(entry('no'), false), { code: 'audit_unavailable' });
    await store.close();
    await acceptLog(home, 1);
    assert.equal(firstOf(await verifyFolder(home)), 'verifies');
  }
});

test('a crash between a record and its head is no tampering', async () => {
  const home = await folder();
  copyFileSync(join(home, 'audit.head'), join(home, 'before'));
  const store = await openStore({ home, now: Date.now });
  await store.audit.append([{ entry: entry('a') }]);
  await store.close();
  copyFileSync(join(home, 'before'), join(home, 'audit.head'));
  assert.equal(firstOf(await verifyFolder(home)), 'verifies');
  const again = await openStore({ home, now: Date.now });
  await again.audit.append([{ entry: entry('b') }]);
  await again.close();
  assert.deepEqual((await verifyFolder(home)).head.seq, 12);
});

test('what was pruned is not missed, and a forged checkpoint is', async () => {
  const home = await folder();
  const store = await openStore({ home, now: Date.now });
  await store.audit.append([{ entry: { ...entry('young'), at: 1_800_000_000_000 } }]);
  assert.equal(await store.audit.prune(1_750_000_000_000, 1_800_000_000_001), 10);
  await store.close();
  assert.equal(firstOf(await verifyFolder(home)), 'verifies');
  sql(
    home,
    'UPDATE audit SET body=replace(body, \'"upTo":"10"\', \'"upTo":"11"\')',
    'DELETE FROM audit WHERE seq=11',
  );
  assert.notEqual(firstOf(await verifyFolder(home)), 'verifies');
});

test('an export verifies by itself; what is done to its lines is noticed and named', async () => {
  const home = await folder();
  const rows = Array.from({ length: 10 }, (_, n) => rowOf(home, n + 1));
  const store = await openStore({ home, now: Date.now });
  const lines = [...rows.map(auditLine), auditHeadLine(await store.audit.head())];
  await store.close();
  const file = join(home, 'export.jsonl');
  const key = join(home, 'audit.key');
  const tried = async (change: (lines: string[]) => void, keyed = false): Promise<unknown> => {
    const copy = [...lines];
    change(copy);
    writeFileSync(file, copy.join(''));
    return firstOf(await verifyExport(file, keyed ? key : undefined));
  };
  for (const keyed of [false, true]) {
    assert.equal(await tried(() => {}, keyed), 'verifies');
    assert.deepEqual(await tried((all) => (all[3] = all[3]!.replace('admin', 'axmin')), keyed), [
      'changed',
      4,
    ]);
    assert.deepEqual(await tried((all) => all.splice(4, 1), keyed), ['missing', 5]);
    assert.deepEqual(await tried((all) => all.splice(8), keyed), ['cut', 9]);
    assert.deepEqual(await tried((all) => all.splice(8, 2), keyed), ['cut', 9]);
    assert.deepEqual(await tried((all) => ([all[2], all[3]] = [all[3]!, all[2]!]), keyed), ['missing', 3]);
    assert.deepEqual(await tried((all) => all.splice(5, 0, all[2]!), keyed), ['reordered', 3]);
  }
  await assert.rejects(
    tried((all) => all.splice(0, 99, 'something else\n')),
    { code: 'audit_refused' },
  );
});

function rowOf(home: string, seq: number) {
  const database = new DatabaseSync(join(home, 'wherry.db'));
  const row = database.prepare('SELECT body, hash, key, mac FROM audit WHERE seq=?').get(seq);
  database.close();
  const [body, hash, key, mac] = ['body', 'hash', 'key', 'mac'].map((name) => String(row?.[name]));
  assert.equal(recordIn(body!)?.seq, seq);
  return { seq, body: body!, hash: hash!, key: key!, mac: mac! };
}

const bodyOf = (home: string, seq: number): string => rowOf(home, seq).body;
