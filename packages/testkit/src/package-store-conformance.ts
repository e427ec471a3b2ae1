import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PackageStore } from '@wherry/core/ports/package-store';
import { promisesOf, type OpenStore } from './store-under-test.ts';
import { soundPackage, tarBytes, type TarEntry } from './tar-bytes.ts';

/** An upload in pieces of an awkward size. */
export async function* upload(bytes: Uint8Array, piece = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const manifest = { runtime: 'node', entry: 'handler.js', signature: 'auto' };

/** What every PackageStore promises, from the doc comments of the port. */
export function packageStoreConformance(name: string, open: OpenStore<PackageStore>): void {
  const promise = promisesOf(name, open);
  const put = (store: PackageStore, entries: readonly TarEntry[], allow: readonly string[] = []) =>
    store.put(upload(tarBytes(entries)), allow);

  promise('a package is known by the digest of its archive, packed or not', async (store) => {
    for (const archive of [tarBytes(soundPackage), gzipSync(tarBytes(soundPackage))]) {
      const stored = await store.put(upload(archive), []);
      assert.equal(stored.digest, digestOf(archive));
      assert.deepEqual(stored.manifest, manifest);
      assert.equal(stored.files, 2);
      assert.ok(stored.bytes > 0);
      assert.deepEqual(await store.get(stored.digest), stored);
    }
  });

  promise('its code is unpacked byte for byte, read-only, runnable where it was', async (store) => {
    const binary = Buffer.from(Array.from({ length: 100_000 }, (_, n) => n % 251));
    const { digest } = await put(store, [
      ...soundPackage,
      { name: './code/deep/er/data.bin', content: binary, mode: 0o4777 },
      { name: 'code/empty', content: '' },
      { name: 'code/übung 😀.txt', content: 'ü' },
    ]);
    const folder = await store.folder(digest);
    assert.deepEqual(await readFile(join(folder, 'deep', 'er', 'data.bin')), binary);
    assert.deepEqual((await readdir(folder)).sort(), ['deep', 'empty', 'handler.js', 'übung 😀.txt']);
    if (process.platform === 'win32') return;
    const mode = async (path: string) => (await stat(join(folder, path))).mode & 0o7777;
    assert.equal(await mode('deep/er/data.bin'), 0o555);
    assert.equal(await mode('handler.js'), 0o444);
    assert.equal(await mode('deep'), 0o755);
    assert.equal(await mode('.'), 0o755);
  });

  promise('putting the same again, also at the same moment, is the same package', async (store) => {
    const all = await Promise.all(Array.from({ length: 8 }, () => put(store, soundPackage)));
    for (const stored of [...all, await put(store, soundPackage)]) assert.deepEqual(stored, all[0]);
  });

  promise('what is refused names the entry, and nothing of it is kept', async (store) => {
    const archive = tarBytes([...soundPackage, { name: 'code/way-out', type: '2', link: '/etc/passwd' }]);
    await assert.rejects(store.put(upload(archive), []), {
      code: 'package_refused',
      message: /code\/way-out/,
    });
    assert.equal(await store.get(digestOf(archive)), undefined);
    await assert.rejects(store.folder(digestOf(archive)), { code: 'package_unknown' });
  });

  promise(
    'a secret is refused by file and rule, and let through where its path is allowed',
    async (store) => {
      const entries = [...soundPackage, { name: 'code/config/.env', content: 'PASSWORD=hunter2' }];
      const refused = await put(store, entries).catch((error: unknown) => error as Error & { code: string });
      assert.ok(refused instanceof Error && refused.code === 'package_refused');
      assert.match(refused.message, /config\/\.env.*env-file/);
      assert.doesNotMatch(refused.message, /hunter2/);
      await assert.rejects(put(store, entries, ['other/.env']), { code: 'package_refused' });
      assert.equal((await put(store, entries, ['config/.env'])).files, 3);
    },
  );

  promise('what is unknown is unknown, whatever it looks like', async (store) => {
    for (const digest of ['0'.repeat(64), '', '..', '../../etc', 'A'.repeat(64)]) {
      assert.equal(await store.get(digest), undefined);
      await assert.rejects(store.folder(digest), { code: 'package_unknown' });
    }
  });

  promise('sweeping removes what is not used, and only that; it can come back', async (store) => {
    const [one, other] = [
      await put(store, soundPackage),
      await put(store, [...soundPackage, { name: 'code/x', content: 'x' }]),
    ];
    assert.equal(await store.sweep(new Set([one.digest, 'f'.repeat(64)])), 1);
    assert.deepEqual(await store.get(one.digest), one);
    assert.equal(await store.get(other.digest), undefined);
    assert.deepEqual(await put(store, [...soundPackage, { name: 'code/x', content: 'x' }]), other);
    assert.equal(await store.sweep(new Set()), 2);
    assert.equal(await store.sweep(new Set()), 0);
  });

  promise('packages are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    const stored = await put(store, soundPackage);
    assert.deepEqual(await (await on.reopen()).get(stored.digest), stored);
  });
}
