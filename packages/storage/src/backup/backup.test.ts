import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packageImage } from '@wherry/core/packages';
import { sampleCall, sampleFunction, sampleLine } from '@wherry/testkit/samples';
import { DiskPackageStore } from '../packages/disk-package-store.ts';
import { openStore, type Store } from '../sqlite/open-store.ts';
import { saveBackup, verifyBackup } from './backup-file.ts';
import { type BackupWish, makeBackup } from './make-backup.ts';
import { type RestoreWish, restoreBackup } from './restore.ts';
import { headerOf, headersOf, padding, endBlocks } from './tar-blocks.ts';

const openfaas = 'openfaas-fn';
const posix = process.platform !== 'win32';

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'wherry-backup-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const open = (home: string): Promise<Store> => openStore({ home, now: Date.now });
const handler = 'module.exports = () => "hello";\n';
// As tar has it: a name that needs an extended header, and a program.
const longName = `code/${'deep/'.repeat(25)}${'n'.repeat(90)}.txt`;

function packageBytes(): Buffer {
  const files: [string, string, boolean][] = [
    [
      'wherry-package.json',
      JSON.stringify({ runtime: 'node', entry: 'handler.js', signature: 'auto' }),
      false,
    ],
    ['code/handler.js', handler, false],
    ['code/run.sh', '#!/bin/sh\n', true],
    [longName, 'found', false],
    ['code/empty', '', false],
  ];
  const blocks = files.flatMap(([name, text, executable]) => {
    const bytes = Buffer.from(text);
    return [headersOf(name, bytes.length, executable), bytes, Buffer.alloc(padding(bytes.length))];
  });
  return Buffer.concat([...blocks, endBlocks]);
}

/** A store with something of everything in it; it stays open. */
async function filled(home: string): Promise<Store> {
  const store = await open(home);
  const packages = await DiskPackageStore.open(home);
  const { digest } = await packages.put([packageBytes()] as unknown as AsyncIterable<Uint8Array>, []);
  const image = packageImage('hello', digest);
  await store.desiredState.put(sampleFunction('hello', 1, { image }));
  await store.desiredState.put(sampleFunction('other'));
  await store.secrets.put(
    { namespace: openfaas, name: 'api-key' },
    Buffer.from('the secret value'),
    'create',
    1,
  );
  await store.records.append([sampleCall(1), sampleCall(2)]);
  await store.logs.append([sampleLine(1)]);
  await writeFile(join(home, 'admin.token'), 'a-token-of-the-admin\n', { mode: 0o600 });
  await writeFile(join(home, 'config.yaml'), 'drain: 5s\n');
  return store;
}

const origin = (home: string) => ({ home, program: '9.9.9', host: 'here' });
const save = (home: string, path: string, more: Partial<BackupWish> = {}) =>
  saveBackup(makeBackup(origin(home), { at: 1000, history: true, ...more }), path);
const keyPaths = (home: string) => ({
  'secrets.key': join(home, 'secrets.key'),
  'admin.token': join(home, 'admin.token'),
  'builder.key': join(home, 'builder.key'),
});
const restore = (file: string, home: string, more: Partial<RestoreWish> = {}) =>
  restoreBackup({ file, home, now: 5000, ...more });
const secret = { namespace: openfaas, name: 'api-key' };

test('what is saved while the store is open comes back in another folder; without the key, all but the secrets', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    const store = await filled(home);
    const file = join(folder, 'backup');
    const saved = await save(home, file);
    assert.equal(saved.rows['functions'], 2);
    assert.equal(saved.rows['calls'], 2);
    assert.deepEqual(
      [saved.damaged, saved.missingPackages, saved.keys, saved.members.at(-1)?.name.slice(0, 9)],
      [0, [], 'none', 'packages/'],
    );
    await store.close();
    assert.deepEqual(
      (await readdir(home)).filter((name) => name.startsWith('.')),
      [],
      'no work is left',
    );

    const there = join(folder, 'there');
    const restored = await restore(file, there);
    assert.deepEqual(restored.secrets, { readable: 0, lost: [secret] });
    assert.equal(restored.packages, 1);
    const again = await open(there);
    const functions = await again.desiredState.list();
    assert.deepEqual(
      functions.map(({ name }) => name),
      ['hello', 'other'],
    );
    assert.equal((await again.records.find({ limit: 10 })).length, 2);
    assert.equal((await again.secrets.list())[0]?.readable, false);
    await again.close();
    const packages = await DiskPackageStore.open(there);
    const digest = functions[0]!.active.spec.image.slice(-64);
    const found = await packages.get(digest);
    assert.equal(found?.files, 5);
    const code = await packages.folder(digest);
    assert.equal(await readFile(join(code, 'handler.js'), 'utf8'), handler);
    assert.equal(await readFile(join(code, '..', longName), 'utf8'), 'found');
    if (posix) {
      assert.equal((await stat(join(code, 'run.sh'))).mode & 0o777, 0o555);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      for (const name of ['wherry.db', 'config.yaml'])
        assert.equal((await stat(join(there, name))).mode & 0o777, 0o600, name);
    }
    assert.equal(await readFile(join(there, 'config.yaml'), 'utf8'), 'drain: 5s\n');
  });
});

test('with the key beside it, in it, or under a passphrase in it, secrets are readable', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    await (await filled(home)).close();
    const read = async (there: string): Promise<string> => {
      const store = await open(there);
      const value = await store.secrets.read(secret);
      await store.close();
      return Buffer.from(value ?? []).toString();
    };
    const [plain, clear, sealed] = ['plain', 'clear', 'sealed'].map((name) => join(folder, name));
    await save(home, plain!);
    await save(home, clear!, { keys: { paths: keyPaths(home) } });
    const passphrase = 'correct horse battery staple';
    await save(home, sealed!, { keys: { paths: keyPaths(home), passphrase } });

    await restore(plain!, join(folder, 'one'), { key: join(home, 'secrets.key') });
    assert.equal(await read(join(folder, 'one')), 'the secret value');
    const two = await restore(clear!, join(folder, 'two'));
    assert.deepEqual(two.keys, ['secrets.key', 'admin.token']);
    assert.equal(await read(join(folder, 'two')), 'the secret value');
    assert.equal(await readFile(join(folder, 'two', 'admin.token'), 'utf8'), 'a-token-of-the-admin\n');
    await assert.rejects(restore(sealed!, join(folder, 'three')), {
      code: 'backup_refused',
      message: /passphrase/,
    });
    await assert.rejects(restore(sealed!, join(folder, 'three'), { passphrase: 'not the passphrase' }), {
      code: 'backup_refused',
    });
    await restore(sealed!, join(folder, 'three'), { passphrase });
    assert.equal(await read(join(folder, 'three')), 'the secret value');
    await assert.rejects(
      save(home, join(folder, 'weak'), { keys: { paths: keyPaths(home), passphrase: 'short' } }),
      {
        message: /passphrase/,
      },
    );
    assert.equal((await readdir(folder)).includes('weak'), false);
  });
});

test('a stolen backup shows no secret and no key, sealed or not taken along', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    await (await filled(home)).close();
    const key = /^[0-9a-f]{8} (\S{43})$/m.exec(await readFile(join(home, 'secrets.key'), 'utf8'))![1]!;
    const looked = ['the secret value', 'a-token-of-the-admin', key];
    const passphrase = 'correct horse battery staple';
    for (const keys of [undefined, { paths: keyPaths(home), passphrase }]) {
      await save(home, join(folder, 'backup'), keys === undefined ? {} : { keys });
      const bytes = gunzipSync(await readFile(join(folder, 'backup')));
      for (const text of looked) assert.equal(bytes.includes(text), false, text);
      assert.ok(bytes.includes('example/other:1'), 'it is not the looking that fails');
    }
    // The control: taken along in clear, they are found.
    await save(home, join(folder, 'backup'), { keys: { paths: keyPaths(home) } });
    const bytes = gunzipSync(await readFile(join(folder, 'backup')));
    assert.ok(bytes.includes(key) && bytes.includes('a-token-of-the-admin'));
  });
});

test('packages of versions that are only kept are in it, and what is missing is named', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    const store = await filled(home);
    const [hello] = await store.desiredState.list();
    const digest = hello!.active.spec.image.slice(-64);
    const kept = { ...hello!.active, version: 1 };
    const gone = packageImage('hello', '0'.repeat(64));
    const active = { ...hello!.active, version: 2, spec: { ...hello!.active.spec, image: gone } };
    await store.desiredState.put({ ...hello!, revision: 2, active, kept: [kept] });
    await store.close();
    const { members, missingPackages } = await save(home, join(folder, 'backup'));
    assert.ok(members.some(({ name }) => name === `packages/${digest}.tar`));
    assert.deepEqual(missingPackages, ['0'.repeat(64)]);
  });
});

test('without history a backup has the state and no calls, logs or ends', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    const store = await filled(home);
    const saved = await save(home, join(folder, 'backup'), { history: false });
    await store.close();
    assert.deepEqual([saved.rows['functions'], saved.rows['calls'], saved.rows['logs']], [2, 0, 0]);
    await restore(join(folder, 'backup'), join(folder, 'there'));
    const again = await open(join(folder, 'there'));
    assert.deepEqual(await again.records.find({ limit: 10 }), []);
    assert.equal((await again.records.counts()).get('hello.openfaas-fn'), 2, 'counts stay');
    await again.records.append([sampleCall(3)]);
    assert.equal((await again.records.find({ limit: 10 })).length, 1);
    await again.close();
  });
});

test('a used folder is refused; with force, what was there is moved aside with its log, and nothing is deleted', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    const store = await filled(home);
    const file = join(folder, 'backup');
    await save(home, file);
    await assert.rejects(restore(file, home, { force: true }), { code: 'home_in_use' });
    await store.desiredState.put(sampleFunction('newer'));
    await store.close();
    // As a killed gateway leaves it: a log that belongs to the old database.
    await writeFile(join(home, 'wherry.db-wal'), 'of the old one');
    await assert.rejects(restore(file, home), { code: 'home_used' });
    await assert.rejects(restore(file, home, { dryRun: true }), { code: 'home_used' });
    const { aside, secrets } = await restore(file, home, { force: true });
    assert.deepEqual(secrets, { readable: 1, lost: [] }, 'the key is in the folder already');
    const moved = await readdir(aside!);
    assert.deepEqual(moved.sort(), ['config.yaml', 'packages', 'wherry.db', 'wherry.db-wal']);
    const again = await open(home);
    assert.equal((await again.desiredState.list()).length, 2);
    await again.close();
    assert.equal((await readdir(home)).includes('.restoring'), false);
  });
});

test('a rehearsal writes nothing; a restore that was cut off can be done again', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    await (await filled(home)).close();
    const file = join(folder, 'backup');
    await save(home, file);
    const there = join(folder, 'there');
    await restore(file, there, { dryRun: true });
    assert.equal((await readdir(folder)).includes('there'), false);
    // Half of it has its place already.
    await mkdir(join(there, '.restoring'), { recursive: true });
    await mkdir(join(there, 'packages'));
    await writeFile(join(there, '.restoring', 'wherry.db'), 'half');
    await restore(file, there);
    const again = await open(there);
    assert.equal((await again.desiredState.list()).length, 2);
    await again.close();
  });
});

/** Takes a backup apart, lets somebody change it, and puts it together. */
async function tampered(file: string, change: (members: [string, Buffer][]) => void): Promise<void> {
  const bytes = gunzipSync(await readFile(file));
  const members: [string, Buffer][] = [];
  for (let at = 0; bytes[at] !== 0; ) {
    const name = bytes.toString('latin1', at, bytes.indexOf(0, at));
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    members.push([name, bytes.subarray(at + 512, at + 512 + size)]);
    at += 512 + size + padding(size);
  }
  change(members);
  const blocks = members.flatMap(([name, content]) => [
    headerOf(name, content.length),
    content,
    Buffer.alloc(padding(content.length)),
  ]);
  await writeFile(file, gzipSync(Buffer.concat([...blocks, endBlocks])));
}

/** A change of a member that its digest goes along with: what only the strictness of the reader can refuse. */
function forge(members: [string, Buffer][], name: string, content: Buffer): void {
  const contents = JSON.parse(members.at(-1)![1].toString()) as {
    members: { name: string; bytes: number; sha256: string }[];
  };
  const sha256 = createHash('sha256').update(content).digest('hex');
  const at = members.findIndex(([one]) => one === name);
  if (at >= 0) members[at] = [name, content];
  else members.splice(-1, 0, [name, content]);
  contents.members = contents.members.filter((one) => one.name !== name);
  contents.members.splice(at < 0 ? contents.members.length : at, 0, { name, bytes: content.length, sha256 });
  members[members.length - 1] = ['contents.json', Buffer.from(JSON.stringify(contents))];
}

function sameContent(one: Buffer, other: Buffer): boolean {
  try {
    return gunzipSync(one).equals(gunzipSync(other));
  } catch {
    return false;
  }
}

test('hostile and damaged backups are refused, and nothing is written', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    await (await filled(home)).close();
    const file = join(folder, 'backup');
    await save(home, file);
    const sound = await readFile(file);
    const packageName = (await verifyBackup(file)).members.at(-1)!.name;
    const evil = (name: string): Buffer => {
      const manifest = Buffer.from(JSON.stringify({ runtime: 'node', entry: 'x.js', signature: 'auto' }));
      const parts = [
        headersOf('wherry-package.json', manifest.length, false),
        manifest,
        Buffer.alloc(padding(manifest.length)),
      ];
      return Buffer.concat([
        ...parts,
        headersOf(name, 4, false),
        Buffer.from('evil'),
        Buffer.alloc(508),
        endBlocks,
      ]);
    };
    const cases: [string, (members: [string, Buffer][]) => void][] = [
      [
        'a changed member',
        (all) => void (all[2] = [all[2]![0], Buffer.concat([all[2]![1], Buffer.from('x')])]),
      ],
      ['a missing member', (all) => void all.splice(2, 1)],
      [
        'an added member',
        (all) => void all.splice(-1, 0, [`packages/${'0'.repeat(64)}.tar`, Buffer.from('x')]),
      ],
      ['a member twice', (all) => void all.splice(2, 0, all[1]!)],
      ['another name', (all) => forge(all, '../outside', Buffer.from('x'))],
      ['an absolute name', (all) => forge(all, '/etc/cron.d/x', Buffer.from('x'))],
      ['keys that are not announced', (all) => forge(all, 'keys.json', Buffer.from('{"files":{}}'))],
      [
        'a key outside',
        (all) => {
          const about = JSON.parse(all[0]![1].toString()) as object;
          forge(all, 'about.json', Buffer.from(JSON.stringify({ ...about, keys: 'clear' })));
          forge(all, 'keys.json', Buffer.from('{"files":{"tls/../../x.pem":"x"}}'));
        },
      ],
      ['no end', (all) => void all.pop()],
      ['a package that leads out', (all) => forge(all, packageName, evil('code/../../../outside'))],
      ['a package with an absolute name', (all) => forge(all, packageName, evil('/tmp/outside'))],
      [
        'a newer format',
        (all) => forge(all, 'about.json', Buffer.from('{"format":2,"schema":1,"program":"10.0.0"}')),
      ],
      [
        'a newer schema',
        (all) => forge(all, 'about.json', Buffer.from('{"format":1,"schema":99,"program":"10.0.0"}')),
      ],
    ];
    for (const [what, change] of cases) {
      await writeFile(file, sound);
      await tampered(file, change);
      const error = await restore(file, join(folder, 'there')).then(
        () => assert.fail(`${what} was accepted`),
        (thrown: { code: string; next: string; message: string }) => thrown,
      );
      assert.match(error.code, /^(backup|package)_refused$/, `${what}: ${error.message}`);
      if (what.includes('newer'))
        assert.match(`${error.message} ${error.next}`, /Wherry 10\.0\.0.*Restore it with Wherry 10/s);
      assert.deepEqual(
        (await readdir(folder)).filter((name) => !['home', 'backup', 'there'].includes(name)),
        [],
        what,
      );
      const left: string[] = await readdir(join(folder, 'there')).catch(() => []);
      assert.equal(left.includes('wherry.db'), false, what);
      await rm(join(folder, 'there'), { recursive: true, force: true });
    }
    // The control: taken apart and put together without a change, it is accepted.
    await writeFile(file, sound);
    await tampered(file, () => {});
    await verifyBackup(file);
    for (const length of [0, 1, 100, sound.length >> 1, sound.length - 9, sound.length - 1]) {
      await writeFile(file, sound.subarray(0, length));
      await assert.rejects(verifyBackup(file), { code: 'backup_refused' }, `cut off at ${length}`);
    }
    for (let bit = 80; bit < sound.length * 8; bit += Math.floor(sound.length / 5)) {
      const flipped = Buffer.from(sound);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await writeFile(file, flipped);
      // Some bits of a gzip file mean nothing: then what is in it is the same.
      if (sameContent(flipped, sound)) continue;
      await assert.rejects(verifyBackup(file), { code: 'backup_refused' }, `bit ${bit}`);
    }
  });
});

test('a key file that others can read is refused before anything is changed', {
  skip: !posix && 'no modes here',
}, async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'home');
    await (await filled(home)).close();
    await save(home, join(folder, 'backup'));
    await chmod(join(home, 'secrets.key'), 0o644);
    await assert.rejects(
      restore(join(folder, 'backup'), join(folder, 'there'), { key: join(home, 'secrets.key') }),
      {
        message: /others can read it/,
      },
    );
  });
});

test('a backup that cannot be finished leaves no file', async () => {
  await inFolder(async (folder) => {
    const broken = (async function* () {
      yield Buffer.from('half');
      throw new Error('the connection is gone');
    })();
    await assert.rejects(saveBackup(broken, join(folder, 'backup')), /gone/);
    assert.deepEqual(await readdir(folder), []);
  });
});
