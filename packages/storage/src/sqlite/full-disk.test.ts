import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const fixture = fileURLToPath(new URL('./full-disk.fixtures.ts', import.meta.url));
const mountable =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

test('a full disk is said to be full, nothing is half-written, and it recovers by itself', {
  skip: !mountable && 'needs root and mount namespaces',
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-full-'));
  const script = 'mount -t tmpfs -o size=16m,mode=0700 none "$1" && exec "$2" "$3" "$1"';
  const run = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', home, process.execPath, fixture], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  await rm(home, { recursive: true });
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), {
    full: 'storage_full',
    toldWhenFull: true,
    missing: true,
    served: true,
    append: 'kept',
    lost: true,
    numbersLost: true,
    removes: 'kept',
    manyRemoves: ['kept'],
    uses: 'storage_full',
    revokes: 'kept',
    enqueues: 'storage_full',
    settles: 'kept',
    states: ['waiting', 'done'],
    leases: 'kept',
    reads: 'kept',
    room: 'kept',
    usesWithRoom: 'kept',
    numbersWithRoom: 0,
    lostWithRoom: 0,
    found: 10,
    readOnly: ['storage_failed', 'Make the data folder writable for the user that runs the gateway.'],
    after: true,
    tokensAfter: 599,
    numbersAfter: 500,
    closedWhenFull: true,
  });
});
