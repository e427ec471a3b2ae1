import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sampleFunction } from '@wherry/testkit/samples';
import { openStore } from './open-store.ts';

const writer = fileURLToPath(new URL('./writer.fixtures.ts', import.meta.url));
const cycles = Number(process.env['WHERRY_KILL_CYCLES'] ?? 10);

/** What a writer said that it had done. */
interface Said {
  readonly puts: number[];
  readonly versions: number[];
  readonly failed: string[];
  readonly damage: string[];
}

/** Runs a writer and gathers what it says; `line` is called for every line. */
async function run(
  command: readonly string[],
  line: (text: string, kill: () => void) => void = () => {},
): Promise<Said> {
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
  const said: Said = { puts: [], versions: [], failed: [], damage: [] };
  const ended = new Promise((resolve) => child.once('close', resolve));
  createInterface(child.stdout).on('line', (text) => {
    const [what, value] = text.split(' ');
    if (what === 'put') said.puts.push(Number(value));
    if (what === 'version') said.versions.push(Number(value));
    if (what === 'failed') said.failed.push(text);
    if (what === 'damage') said.damage.push(text);
    line(text, () => child.kill('SIGKILL'));
  });
  await ended;
  return said;
}

async function inFolder(body: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'wherry-survival-'));
  try {
    await body(home);
  } finally {
    await rm(home, { recursive: true });
  }
}

/** Opens the folder and checks that everything that was acknowledged is there, whole. */
async function verify(home: string, puts: Iterable<number>, versions: readonly number[]): Promise<void> {
  const damage: unknown[] = [];
  const store = await openStore({ home, now: Date.now, onDamage: (one) => damage.push(one) });
  const kept = new Map((await store.desiredState.list()).map((record) => [record.name, record]));
  const next = await store.desiredState.nextVersion({ namespace: 'test', name: 'counter' });
  await store.close();
  assert.deepEqual(damage, []);
  for (const n of puts) {
    assert.deepEqual(
      kept.get(`fn-${n}`),
      sampleFunction(`fn-${n}`, 1, { env: { TEXT: 'x'.repeat(n % 3000) } }),
    );
  }
  assert.equal(new Set(versions).size, versions.length, 'no version came twice');
  assert.ok(next > Math.max(0, ...versions));
}

test(`nothing that was acknowledged is lost by kill -9 (${cycles} cycles)`, {
  timeout: 300_000,
}, async () => {
  await inFolder(async (home) => {
    const puts = new Set<number>();
    const versions: number[] = [];
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const first = cycle * 100_000;
      const said = await run([process.execPath, writer, home, String(first)], (line, kill) => {
        // Not to wait for anything: a moment that nobody chose is the point.
        if (line === 'ready') setTimeout(kill, Math.random() * 60);
      });
      assert.deepEqual(said.damage, []);
      for (const n of said.puts) puts.add(n);
      versions.push(...said.versions);
    }
    await verify(home, puts, versions);
  });
});

const tracer = process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0;

test('a flush that fails is told, is not trusted afterwards, and loses nothing else', {
  skip: !tracer && 'needs strace',
  timeout: 120_000,
}, async () => {
  await inFolder(async (home) => {
    await verify(home, [], []);
    const inject = [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=fsync,fdatasync',
      '-e',
      'inject=fsync,fdatasync:error=EIO:when=4+5',
    ];
    const said = await run(['strace', ...inject, process.execPath, writer, home, '0', '40']);
    assert.ok(said.failed.length > 3, `${said.failed.length} failed`);
    assert.ok(
      said.failed.every((line) => line.endsWith('storage_failed')),
      said.failed.join(),
    );
    assert.ok(said.puts.length > 10, 'it recovers each time');
    await verify(home, said.puts, said.versions);
  });
});
