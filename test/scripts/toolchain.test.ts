// What the launchers rely on: which Node will do, what counts as installed, and how signals reach the child.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { ensureInstalled, findNode24, isRecent } from '../../scripts/toolchain.mjs';

const toolchain = new URL('../../scripts/toolchain.mjs', import.meta.url);

function folderWith(t: TestContext, files: Record<string, unknown>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wherry-toolchain-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), JSON.stringify(content));
  }
  return folder;
}

/** Starts a launcher whose child says when it runs, and what it ends of. */
async function launcher(t: TestContext, childCode: string): Promise<ChildProcess & { said: () => string }> {
  const code = `
    import { runInForeground } from '${toolchain}';
    process.exitCode = await runInForeground(process.execPath, ['-e', ${JSON.stringify(childCode)}]);
  `;
  const started = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  t.after(() => started.kill('SIGKILL'));
  let text = '';
  started.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(started.stdout, 'data');
  return Object.assign(started, { said: () => text });
}

const COUNTS_SIGNALS = `
  let heard = [];
  const hear = (signal) => {
    heard.push(signal);
    if (heard.length === 1) setTimeout(() => { console.log('heard', heard.join()); process.exit(7); }, 900);
  };
  process.on('SIGINT', () => hear('SIGINT'));
  process.on('SIGTERM', () => hear('SIGTERM'));
  setInterval(() => {}, 1000);
  console.log('ready');
`;

test('versions of Node that strip types by themselves will do', () => {
  for (const version of ['v22.18.0', '22.23.2', '23.6.0', '24.0.0', '26.1.0'])
    assert.ok(isRecent(version), version);
  for (const version of ['18.0.0', '20.20.2', '22.17.9', '23.5.0']) assert.ok(!isRecent(version), version);
});

test('the Node that runs is taken when it will do', () => {
  assert.equal(findNode24('/nowhere'), process.execPath);
});

test('a matching stamp is taken for an install', async (t) => {
  const lock = { packages: { 'node_modules/a': { version: '1.0.0' } } };
  const hash = createHash('sha256').update(JSON.stringify(lock)).digest('hex');
  const root = folderWith(t, {
    'package-lock.json': lock,
    'node_modules/.wherry-installed.json': { lock: hash, dev: false },
  });
  await ensureInstalled(root, {}, () => assert.fail('installed again'));
});

test('what npm installed by hand is taken for an install, and developer tools are noticed', async (t) => {
  const packages = {
    '': { version: '0.1.0' },
    'packages/a': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/tool': { version: '2.0.0', dev: true },
    'node_modules/elsewhere': { version: '3.0.0', optional: true },
  };
  const root = folderWith(t, {
    'package-lock.json': { packages },
    'node_modules/.package-lock.json': { packages: { 'node_modules/a': { version: '1.0.0' } } },
  });
  await ensureInstalled(root, {}, () => assert.fail('installed again'));
  const stamp = () =>
    JSON.parse(fs.readFileSync(path.join(root, 'node_modules/.wherry-installed.json'), 'utf8'));
  assert.equal(stamp().dev, false);

  fs.writeFileSync(path.join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  await ensureInstalled(root, { dev: true }, () => assert.fail('installed again'));
  assert.equal(stamp().dev, true);
});

test('Ctrl-C, which reaches everybody, is followed by no second SIGINT', async (t) => {
  const one = await launcher(t, COUNTS_SIGNALS);
  process.kill(-(one.pid ?? 0), 'SIGINT');
  const [code] = await once(one, 'close');
  assert.equal(code, 7);
  assert.match(one.said(), /heard SIGINT(,SIGTERM)?\n/);
});

test('a signal for the launcher alone reaches the child once', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const one = await launcher(t, COUNTS_SIGNALS);
    one.kill(signal);
    setTimeout(() => one.kill(signal), 300).unref();
    const [code] = await once(one, 'close');
    assert.equal(code, 7);
    assert.match(one.said(), /heard SIGTERM\n/);
  }
});

test('a child that is killed gives the code that shells give', async (t) => {
  const one = await launcher(
    t,
    `console.log('ready'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);`,
  );
  const [code] = await once(one, 'close');
  assert.equal(code, 137);
});
