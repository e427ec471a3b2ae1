import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageStoreConformance, upload } from '@wherry/testkit/package-store-conformance';
import { soundPackage, tarBytes } from '@wherry/testkit/tar-bytes';
import { DiskPackageStore } from './disk-package-store.ts';

packageStoreConformance('packages on disk', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-packages-'));
  return {
    store: await DiskPackageStore.open(home),
    reopen: () => DiskPackageStore.open(home),
    dispose: () => rm(home, { recursive: true }),
  };
});

test('what a crash left is cleared at the next start; packages stay', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-packages-'));
  const store = await DiskPackageStore.open(home);
  const { digest } = await store.put(upload(tarBytes(soundPackage)), []);
  await mkdir(join(home, 'packages', '.temporary-left', 'package', 'code'), { recursive: true });
  await writeFile(join(home, 'packages', '.temporary-left', 'upload'), 'half of it');
  await DiskPackageStore.open(home);
  assert.deepEqual(await readdir(join(home, 'packages')), [digest]);
  await rm(home, { recursive: true });
});

test('an upload that breaks off leaves nothing', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-packages-'));
  const store = await DiskPackageStore.open(home);
  const broken = async function* () {
    yield tarBytes(soundPackage).subarray(0, 700);
    throw new Error('the caller went away');
  };
  await assert.rejects(store.put(broken(), []), /the caller went away/);
  assert.deepEqual(await readdir(join(home, 'packages')), []);
  await rm(home, { recursive: true });
});

test('modes do not depend on the umask', {
  skip: process.platform === 'win32' && 'no modes here',
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-packages-'));
  const before = process.umask(0o077);
  try {
    const store = await DiskPackageStore.open(home);
    const { digest } = await store.put(upload(tarBytes(soundPackage)), []);
    const { stat } = await import('node:fs/promises');
    const folder = await store.folder(digest);
    for (const path of [join(home, 'packages'), join(folder, '..'), folder])
      assert.equal((await stat(path)).mode & 0o777, 0o755, path);
  } finally {
    process.umask(before);
    await rm(home, { recursive: true });
  }
});
