import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGzip } from 'node:zlib';
import { upload } from '@wherry/testkit/package-store-conformance';
import { entryBytes, paxEntry, soundPackage, tarBytes } from '@wherry/testkit/tar-bytes';
import { DiskPackageStore } from './disk-package-store.ts';
import { packageLimits } from './package-limits.ts';

/** Gzips blocks without ever holding them all. */
async function packed(blocks: Iterable<Buffer>): Promise<Buffer> {
  const gzip = createGzip({ level: 1 });
  const pieces: Buffer[] = [];
  gzip.on('data', (piece: Buffer) => pieces.push(piece));
  for (const block of blocks)
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve));
  const ended = new Promise((resolve) => gzip.once('end', resolve));
  gzip.end();
  await ended;
  return Buffer.concat(pieces);
}

function* zeros(bytes: number): Generator<Buffer> {
  yield tarBytes(soundPackage, false);
  yield entryBytes({ name: 'code/zeros', size: `${bytes.toString(8).padStart(11, '0')}\0` });
  const piece = Buffer.alloc(2 ** 20);
  for (let left = bytes; left > 0; left -= piece.length) yield piece;
}

function* many(count: number, name: (n: number) => string): Generator<Buffer> {
  yield tarBytes(soundPackage, false);
  for (let n = 0; n < count; n += 1) yield entryBytes({ name: name(n) });
}

function* metas(count: number): Generator<Buffer> {
  yield tarBytes(soundPackage, false);
  // Content that does not pack well, so that it isn't the ratio that stops it.
  for (let n = 0; n < count; n += 1)
    yield entryBytes(
      paxEntry({ comment: Array.from({ length: 30 }, (_, m) => Math.sin(n * 31 + m)).join() }),
    );
}

const bombs: readonly [string, () => Promise<Buffer>, RegExp][] = [
  ['600 MB of zeros', () => packed(zeros(600 * 2 ** 20)), /larger than|times as large/],
  ['500 MB of zeros, within the size', () => packed(zeros(500 * 2 ** 20)), /more than 100 times/],
  [
    '60,000 files',
    () => packed(many(60_000, (n) => `code/${(n * 2_654_435_761) % 2 ** 32}`)),
    /more than 20000|times as large/,
  ],
  [
    'a million folders in 60,000 names',
    () => packed(many(60_000, (n) => `code/${n}/a/b/c/d/e/f/g/h/i/j/k/l/m/n`)),
    /more than 20000|times as large/,
  ],
  ['45,000 extended headers', () => packed(metas(45_000)), /too many extended headers/],
];

for (const [what, make, message] of bombs) {
  test(`a bomb of ${what} is refused, in little memory and time`, { timeout: 120_000 }, async (t) => {
    const bomb = await make();
    const home = await mkdtemp(join(tmpdir(), 'wherry-bomb-'));
    const store = await DiskPackageStore.open(home);
    await store.put(upload(tarBytes(soundPackage)), []);
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
    const began = process.cpuUsage();
    await assert.rejects(
      store.put(upload(bomb, 65_536), []),
      (error: Error & { code?: string }) => error.code === 'package_refused' && message.test(error.message),
    );
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1000;
    clearInterval(watch);
    const grown = (Math.max(most, process.memoryUsage.rss()) - before) / 2 ** 20;
    assert.equal((await readdir(join(home, 'packages'))).length, 1);
    await rm(home, { recursive: true });
    t.diagnostic(`${bomb.length} bytes, ${took.toFixed(0)} ms, ${grown.toFixed(0)} MB more`);
    // Loose, since garbage goes when it likes; the 20,000 files that are allowed take 40 MB, and a bomb 500 MB or more.
    assert.ok(took < 20_000, `${took} ms of a processor`);
    assert.ok(grown < 200, `${grown} MB`);
  });
}

test('an upload above the limit is stopped there, not read to its end', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-bomb-'));
  const store = await DiskPackageStore.open(home);
  let given = 0;
  const endless = async function* () {
    const piece = Buffer.alloc(2 ** 22, 7);
    for (; ; given += piece.length) yield piece;
  };
  await assert.rejects(store.put(endless(), []), { code: 'package_refused', message: /larger than/ });
  assert.ok(given <= packageLimits.archiveBytes + 2 ** 22);
  assert.deepEqual(await readdir(join(home, 'packages')), []);
  await rm(home, { recursive: true });
});
