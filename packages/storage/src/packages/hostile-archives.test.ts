import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { upload } from '@wherry/testkit/package-store-conformance';
import { longNameEntry, paxEntry, soundPackage, tarBytes, type TarEntry } from '@wherry/testkit/tar-bytes';
import { DiskPackageStore } from './disk-package-store.ts';

let home: string;
let store: DiskPackageStore;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'wherry-hostile-'));
  store = await DiskPackageStore.open(home);
});
after(() => rm(home, { recursive: true }));

/** Refused with a message that fits, nothing left behind; while the control, the archive without the evil, is accepted. */
function refuses(
  what: string,
  archive: Uint8Array,
  message: RegExp,
  control: Uint8Array = tarBytes(soundPackage),
): void {
  test(`${what}: refused`, async () => {
    await store.sweep(new Set());
    await assert.rejects(store.put(upload(archive, 5000), []), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'package_refused', error.stack);
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(await readdir(join(home, 'packages')), []);
    assert.deepEqual(await readdir(home), ['packages'], 'nothing outside');
    await store.put(upload(control, 5000), []);
  });
}

const evil = (what: string, entry: TarEntry | readonly TarEntry[], message: RegExp) =>
  refuses(what, tarBytes([...soundPackage, ...(Array.isArray(entry) ? entry : [entry])]), message);

evil('a symbolic link', { name: 'code/link', type: '2', link: 'handler.js' }, /code\/link.*links/);
evil('a symbolic link out', { name: 'code/link', type: '2', link: '../../../etc' }, /code\/link.*links/);
evil('a hard link', { name: 'code/link', type: '1', link: 'code/handler.js' }, /code\/link.*links/);
evil(
  'a link and a file through it',
  [
    { name: 'code/l', type: '2', link: '/tmp' },
    { name: 'code/l/x', content: 'x' },
  ],
  /links/,
);
evil(
  'a link by a long link name',
  [longNameEntry('/etc/passwd', 'K'), { name: 'code/l', type: '2', link: 'x' }],
  /links/,
);
evil('a character device', { name: 'code/null', type: '3' }, /code\/null.*devices/);
evil('a block device', { name: 'code/disk', type: '4' }, /devices/);
evil('a named pipe', { name: 'code/pipe', type: '6' }, /pipes/);
evil('a contiguous file', { name: 'code/x', type: '7' }, /ContiguousFile/);
evil('a sparse file by GNU', { name: 'code/x', type: 'S' }, /SparseFile/);
evil(
  'a sparse file by PAX',
  [paxEntry({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'code/y' }), { name: 'code/x', content: 'x' }],
  /sparse/,
);
evil('an unknown type', { name: 'code/x', type: 'Z', content: 'x' }, /refused/);
evil('a volume header', { name: 'code/x', type: 'V' }, /refused/);
for (const name of [
  '../x',
  'code/../../x',
  'code/../handler.js',
  'code/a/..',
  '/etc/x',
  '//x',
  'code\\..\\x',
  'C:/x',
  'code/./x',
  'code//x',
  'code/C:x',
]) {
  evil(`the name ${name}`, { name, content: 'x' }, /refused/);
  evil(`the folder ${name}`, { name: `${name}/`, type: '5' }, /refused/);
  evil(`the name ${name} by PAX`, [paxEntry({ path: name }), { name: 'code/x', content: 'x' }], /refused/);
  evil(`the long name ${name}`, [longNameEntry(name), { name: 'code/x', content: 'x' }], /refused/);
}
evil('a name with a prefix that leads out', { name: 'x', prefix: 'code/../..', content: 'x' }, /refused/);
evil('a name with a NUL by PAX', [paxEntry({ path: 'code/a\0b' }), { name: 'code/x' }], /NUL/);
evil('a long name with a NUL', [longNameEntry('code/a\0b'), { name: 'code/x' }], /NUL/);
evil('a name that is no UTF-8', { name: 'code/\ufffd' }, /UTF-8/);
evil('a name with a line end', { name: 'code/a\nb' }, /control characters/);
evil(
  'a size of its own by PAX',
  [paxEntry({ size: '4' }), { name: 'code/x', content: 'xxxxxxxxxxx' }],
  /size of its own/,
);
evil(
  'a size for all by PAX',
  [paxEntry({ size: '4' }, 'g'), { name: 'code/x', content: 'xxxxxxxxxxx' }],
  /size of its own/,
);
evil(
  'a garbled PAX header',
  [{ name: 'p', type: 'x', content: '99 path=code/y\n' }, { name: 'code/x' }],
  /garbled/,
);
evil(
  'a PAX header without end',
  [{ name: 'p', type: 'x', content: '15 path=code/yy' }, { name: 'code/x' }],
  /garbled/,
);
evil('a huge PAX header', [paxEntry({ comment: 'x'.repeat(100_000) }), { name: 'code/x' }], /refused/);
evil('a name of 256 bytes', [longNameEntry(`code/${'x'.repeat(256)}`), { name: 'x' }], /longer than 255/);
evil(
  'a path of 1,100 bytes',
  [longNameEntry(`code/${'abcdefghi/'.repeat(110).slice(0, -1)}`), { name: 'x' }],
  /longer than 1024|deep/,
);
evil('40 folders deep', [longNameEntry(`code/${'a/'.repeat(40)}x`), { name: 'x' }], /deep/);
evil('the same name twice', { name: 'code/handler.js', content: 'other' }, /twice/);
evil('the manifest twice', soundPackage[0]!, /twice/);
evil('names that differ in case', { name: 'code/Handler.js' }, /clashes/);
evil('folders that differ in case', [{ name: 'code/a/x' }, { name: 'code/A/y' }], /clashes/);
evil(
  'names that differ in how an accent is made',
  [{ name: 'code/e\u0301' }, { name: 'code/\u00e9' }],
  /clashes/,
);
evil('a file in the place of a folder', [{ name: 'code/a' }, { name: 'code/a/b' }], /twice/);
evil('a folder in the place of a file', [{ name: 'code/a/b' }, { name: 'code/a' }], /twice/);
evil('something else at the top', { name: 'readme.md' }, /top/);
evil('code as a file', { name: 'code', content: 'x' }, /twice/);
evil('a device of Windows', { name: 'code/aux.js' }, /Windows/);
evil('a size that is not a number', { name: 'code/x', size: 'zzzzzzzzzzz\0', content: 'x' }, /size|sound/);
evil('a negative size', { name: 'code/x', size: Buffer.alloc(12, 0xff), content: 'x' }, /size|sound/);
evil(
  'a size beyond all bounds',
  { name: 'code/x', size: Buffer.from([0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255]) },
  /larger|size|sound/,
);
evil('a wrong checksum', { name: 'code/x', checksumOff: 1 }, /sound/);
evil('a name that is empty', { name: '', content: 'x' }, /sound/);
evil('a file that is the top', { name: './', content: 'x', type: '0', size: '00000000001\0' }, /./);

refuses(
  'an archive cut short in a file',
  tarBytes([...soundPackage, { name: 'code/x', content: 'x'.repeat(2000) }], false).subarray(0, -1000),
  /sound/,
);
refuses('an archive cut short in a header', tarBytes(soundPackage).subarray(0, 700), /sound/);
refuses('a gzip file cut short', gzipSync(tarBytes(soundPackage)).subarray(0, -20), /gzip/);
refuses('a gzip file with a flipped bit', flipped(gzipSync(tarBytes(soundPackage)), 60), /gzip|sound/);
refuses('an empty upload', Buffer.alloc(0), /sound|missing/);
refuses('only zeros', Buffer.alloc(10_240), /missing|sound/);
refuses('no archive at all', Buffer.from('GIF89a'.repeat(1000)), /sound/);
refuses('zstd', Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(2000)]), /sound/);
refuses('a package without a manifest', tarBytes(soundPackage.slice(1)), /missing/);
refuses(
  'a manifest that is no JSON',
  tarBytes([{ ...soundPackage[0]!, content: '{' }, ...soundPackage.slice(1)]),
  /JSON/,
);
refuses('an entry that is not there', tarBytes(soundPackage.slice(0, 2)), /handler\.js/);
refuses(
  'an entry that is a folder',
  tarBytes([...soundPackage.slice(0, 2), { name: 'code/handler.js/', type: '5' }]),
  /handler\.js/,
);

test('what is unusual but honest is accepted', async () => {
  const global = paxEntry({ comment: '0123456789abcdef0123456789abcdef01234567' }, 'g');
  const long = `code/${'deep/'.repeat(20)}${'n'.repeat(200)}.js`;
  const entries = [
    global,
    { name: './', type: '5' },
    ...soundPackage.map((entry) => ({ ...entry, name: `./${entry.name}` })),
    { name: 'code/', type: '5' },
    paxEntry({ path: 'code/größe.txt', mtime: '1700000000.5' }),
    { name: 'code/gr', content: 'x' },
    longNameEntry(long),
    { name: long.slice(0, 99), content: 'y' },
    { name: 'code/..hidden', content: 'not a way up' },
    { name: 'code/.gitignore' },
  ];
  const { files } = await store.put(upload(gzipSync(tarBytes(entries, false))), []);
  assert.equal(files, 6);
});

test('500 archives with random bytes changed: each refused or harmless, nothing outside', async () => {
  const whole = tarBytes([
    ...soundPackage,
    paxEntry({ path: 'code/long' }),
    { name: 'code/x', content: 'y' },
    longNameEntry('code/z'),
    { name: 'code/q' },
  ]);
  for (let seed = 1; seed <= 500; seed += 1) {
    const mutated = Buffer.from(whole);
    for (let n = 0; n < 1 + (seed % 3); n += 1) {
      const at = (seed * 7919 + n * 104_729) % mutated.length;
      mutated[at] = (seed * 31 + n * 17) & 255;
    }
    await store
      .put(upload(mutated, 4096), [])
      .catch((error: { code?: string }) => assert.equal(error.code, 'package_refused'));
  }
  await store.sweep(new Set());
  assert.deepEqual(await readdir(home), ['packages']);
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 4;
  return bytes;
}
