import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemorySecretStore } from '@wherry/storage/memory/secret-store';
import { Machine, noFences, type Sandboxed, until } from './machine.fixtures.ts';
import { SecretMounts } from './secret-mounts.ts';

const missing = noFences();
const key = { namespace: 'openfaas-fn', name: 'api-key' };
const other = { namespace: 'openfaas-fn', name: 'db.password' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const folder = '/var/openfaas/secrets';

/** What the function itself sees: names, values, and what it may do with them. */
const look = `
import os, stat
out = {}
for name in sorted(os.listdir('${folder}')):
    path = os.path.join('${folder}', name)
    out[name] = [open(path, 'rb').read().decode('latin1'), oct(os.stat(path).st_mode & 0o777)]
`;

/** Looks again and again, until what is there is what should be; the test's own time ends it otherwise. */
async function seen(running: Sandboxed, wanted: Record<string, string[]>): Promise<void> {
  while (JSON.stringify(await running.run(look)) !== JSON.stringify(wanted));
}

for (const fence of ['best', 'util-linux'] as const)
  test(`fence ${fence}: a function finds its secrets, byte for byte, and nobody else's`, {
    skip: missing,
    timeout: 60_000,
  }, async () => {
    const machine = await Machine.open({ fence, pool: true });
    try {
      await machine.secrets.put(key, bytes('\0\u00ff line\n'), 'create', 1);
      await machine.secrets.put(other, bytes('open sesame'), 'create', 1);
      await machine.secrets.put({ namespace: 'elsewhere', name: 'api-key' }, bytes('not yours'), 'create', 1);
      const [mine, nothing] = [
        await machine.python({ secrets: ['api-key'] }),
        await machine.python({ name: 'bare' }),
      ];
      const seen = Buffer.from('\0\u00ff line\n').toString('latin1');
      assert.deepEqual(await mine.run(look), { 'api-key': [seen, '0o400'] });
      assert.deepEqual(await nothing.run(look), {});
      assert.equal(await mine.run(`import os; out = os.environ['WHERRY_SECRETS']`), folder);
      for (const attempt of [
        `open('${folder}/api-key', 'w')`,
        `open('${folder}/new', 'w')`,
        `os.unlink('${folder}/api-key')`,
      ])
        assert.match(
          await mine.run(
            `import os\ntry:\n    ${attempt}\n    out = 'it worked'\nexcept OSError as e:\n    out = str(e)`,
          ),
          /Read-only file system|Permission denied/,
        );
    } finally {
      await machine.close();
    }
  });

test('what is written later is seen by instances that run, and what is removed is gone', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const machine = await Machine.open();
  try {
    await machine.secrets.put(key, bytes('one'), 'create', 1);
    const running = await machine.python({ secrets: ['api-key'] });
    for (let n = 0; n < 20; n++) void machine.secrets.put(key, bytes(`value ${n}`), 'replace', n);
    await machine.secrets.put(other, bytes('not asked for'), 'create', 1);
    await seen(running, { 'api-key': ['value 19', '0o400'] });
    await machine.secrets.remove(key);
    await seen(running, {});
  } finally {
    await machine.close();
  }
});

test('values lie in memory, readable by the instance’s own user, and go with it', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const machine = await Machine.open();
  const before = new Set(readdirSync('/dev/shm'));
  try {
    await machine.secrets.put(key, bytes('one'), 'create', 1);
    const one = await machine.python({ secrets: ['api-key'] });
    const base = readdirSync('/dev/shm').find((name) => existsSync(join('/dev/shm', name, one.id)));
    assert.ok(base !== undefined && before.has(base), 'in a folder of this gateway');
    const at = join('/dev/shm', base, one.id, 'api-key');
    assert.deepEqual(
      [readFileSync(at, 'utf8'), statSync(join('/dev/shm', base)).mode & 0o777],
      ['one', 0o700],
    );
    if (process.getuid?.() === 0) assert.notEqual(statSync(at).uid, 0);
    await one.stop();
    assert.equal(existsSync(join('/dev/shm', base, one.id)), false);
    await machine.close();
    assert.equal(existsSync(join('/dev/shm', base)), false);
  } finally {
    await machine.close();
  }
});

test('a function whose secret is gone does not start, and says which', {
  skip: missing,
  timeout: 60_000,
}, async () => {
  const machine = await Machine.open();
  try {
    await assert.rejects(machine.python({ secrets: ['api-key'] }), {
      code: 'secret_missing',
      message: 'secret api-key does not exist in openfaas-fn',
    });
    await until('no process is left', () => machine.leftovers().every((one) => !one.startsWith('process')));
    assert.deepEqual(machine.problems, []);
  } finally {
    await machine.close();
  }
});

test('what a killed gateway left is taken away, and what is somebody else’s is not', () => {
  const parent = mkdtempSync(join(tmpdir(), 'wherry-mounts-'));
  try {
    for (const name of ['wherry-mine-aaaaaa', 'wherry-other-bbbbbb']) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'left'), '');
    }
    // No file system in memory: the private folder is used.
    const mounts = new SecretMounts(new MemorySecretStore(), 'mine', parent, () => undefined);
    mounts.open(parent);
    const now = readdirSync(parent);
    assert.ok(now.includes('wherry-other-bbbbbb') && !now.includes('wherry-mine-aaaaaa'));
    assert.equal(now.length, 2);
    mounts.close();
    assert.deepEqual(readdirSync(parent), ['wherry-other-bbbbbb']);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
