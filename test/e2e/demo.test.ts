import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePorts } from '../demo/ports.ts';
import { freePort } from '@wherry/testkit/free-port';

// The demo's history is one that a gateway would have kept: its numbers fit its calls, and nothing of it is damaged.

const program = join(import.meta.dirname, '../demo/demo.ts');
const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');
const flags = ['--port', '0', '--dashboard-port', '0', '--metrics-port', '0', '--days', '1', '--quiet'];

async function demo(
  t: TestContext,
  home: string,
): Promise<{ said: string; get(path: string): Promise<unknown> }> {
  const child = spawn(process.execPath, [program, ...flags, '--home', home], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        said += bytes;
        if (/dashboard --open/.test(said)) resolve();
      });
    child.once('exit', () => reject(new Error(said)));
  });
  t.after(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  await ready;
  const { url } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { url: string };
  const authorization = `Bearer ${readFileSync(join(home, 'admin.token'), 'utf8').trim()}`;
  return {
    said,
    get: async (path) => (await fetch(`${url}${path}`, { headers: { authorization } })).json(),
  };
}

test('a port that is taken is told before anything is made', async (t) => {
  const home = join(tmpdir(), `wherry-demo-${process.pid}`);
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const child = spawn(process.execPath, [program, '--home', home, '--metrics-port', String(port)]);
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.match(said, new RegExp(`^wherry: port ${port} is taken.*--metrics-port.*\\n$`));
  assert.equal(existsSync(home), false);
});

test('usual ports that are taken are left for free ones; what was asked for is taken as it is', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const usual = await freePorts([{ flag: '--port', usual: port, asked: undefined }], say);
  assert.notEqual(usual.get('--port'), port);
  assert.deepEqual(said, [
    `port ${port} is taken by another program, so this is --port ${usual.get('--port')}`,
  ]);
  const asked = await freePort();
  const found = await freePorts([{ flag: '--port', usual: port, asked: String(asked) }], say);
  assert.equal(found.get('--port'), asked);
});

test('a day of it: functions, versions of then, calls, logs, numbers and a log of changes that verifies', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'wherry-'));
  rmSync(home, { recursive: true });
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const { get, said } = await demo(t, home);
  assert.match(said, /A month of history: [\d,]+ calls/);
  // What it prints is enough for the command line to find it.
  const exported = /export WHERRY_HOME='(.+)'/.exec(said)?.[1] ?? '';
  const { status, stdout } = spawnSync(process.execPath, [launcher, 'list', '-q'], {
    env: { ...process.env, WHERRY_HOME: exported },
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout.includes('checkout')], [0, true], stdout);

  const functions = (await get('/system/functions')) as { name: string }[];
  assert.equal(functions.length, 9);
  const { versions } = (await get('/system/function/search/versions')) as {
    versions: { createdAt: string }[];
  };
  const oldest = Math.max(...versions.map(({ createdAt }) => Date.now() - Date.parse(createdAt)));
  assert.ok(oldest > 29 * 86_400_000 && oldest < 31 * 86_400_000, JSON.stringify(versions));

  const calls = (await get('/system/calls?function=search&limit=5')) as { status: number }[];
  assert.equal(calls.length, 5);
  const lines = await get('/system/audit/verify');
  assert.equal((lines as { verifies: boolean }).verifies, true);

  const usage = (await get('/system/usage?since=7d')) as Record<string, number>[];
  const sum = (part: string): number => usage.reduce((all, row) => all + (row[part] ?? 0), 0);
  for (const part of ['calls', 'cold', 'gbSeconds', 'wakeSeconds', 'cpuSeconds'])
    assert.ok(sum(part) > 0, `${part}: ${sum(part)}`);

  // What the counters grew by is what was called, but for the round before the first.
  const asked = encodeURIComponent(
    'sum(increase(gateway_function_invocation_total{function_name="search.openfaas-fn"}[20h]))',
  );
  const { data } = (await get(`/api/v1/query?query=${asked}`)) as {
    data: { result: { value: [number, string] }[] };
  };
  assert.ok(Number(data.result[0]?.value[1]) > 2000, JSON.stringify(data));
});
