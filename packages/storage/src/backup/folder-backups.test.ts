import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sampleFunction } from '@wherry/testkit/samples';
import { openStore } from '../sqlite/open-store.ts';
import { verifyBackup } from './backup-file.ts';
import { FolderBackups } from './folder-backups.ts';

test('backups are made beside an open store, listed newest first, and only the oldest of them go', async () => {
  const root = await mkdtemp(join(tmpdir(), 'wherry-backups-'));
  try {
    const [home, folder] = [join(root, 'home'), join(root, 'kept')];
    const store = await openStore({ home, now: Date.now });
    await store.desiredState.put(sampleFunction('hello'));
    const backups = new FolderBackups({ home, program: '1.0.0', host: 'here' }, folder);
    assert.deepEqual(await backups.list(), []);
    const first = Date.UTC(2026, 0, 1, 12, 30, 15, 250);
    for (const day of [0, 1, 2, 3]) await backups.make({ at: first + day * 86_400_000, history: true });
    const others = [
      'wherry-2026-01-01T00-00-00Z.backup.tar.gz.part-00112233',
      'wherry.backup.tar.gz',
      'notes.txt',
    ];
    for (const name of others) await writeFile(join(folder, name), '');
    assert.equal((await backups.list()).length, 4);
    assert.equal(await backups.keep(2), 2);
    const left = await backups.list();
    assert.deepEqual(
      left.map(({ at }) => new Date(at).toISOString()),
      ['2026-01-04T12:30:15.000Z', '2026-01-03T12:30:15.000Z'],
    );
    assert.equal((await verifyBackup(left[0]!.path)).rows['functions'], 1);
    assert.equal(await backups.keep(0), 1, 'the newest always stays');
    // What was cut off goes with the next one, once it is old.
    const cut = join(folder, others[0]!);
    await backups.make({ at: Date.now(), history: false });
    assert.ok((await readdir(folder)).includes(others[0]!), 'somebody may be writing it');
    await utimes(cut, 1, 1);
    await backups.make({ at: Date.now() + 5000, history: false });
    assert.deepEqual((await readdir(folder)).filter((name) => others.includes(name)).sort(), [
      'notes.txt',
      'wherry.backup.tar.gz',
    ]);
    await store.close();
  } finally {
    await rm(root, { recursive: true });
  }
});
