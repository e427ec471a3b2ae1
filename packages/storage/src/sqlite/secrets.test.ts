import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sampleFunction } from '@wherry/testkit/samples';
import { seal, unseal } from '../secrets/secret-box.ts';
import { SecretKeys } from '../secrets/secret-keys.ts';
import { DatabaseFile } from './database-file.ts';
import { openStore, type Store } from './open-store.ts';

const name = { namespace: 'openfaas-fn', name: 'api-key' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString();

async function inHome(body: (home: string, keys: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'wherry-secrets-'));
  try {
    await body(home, join(home, 'secrets.key'));
  } finally {
    await rm(home, { recursive: true });
  }
}

async function withStore<T>(home: string, body: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ home, now: Date.now });
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

/** Every file of a folder as one text. */
function everything(folder: string): string {
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('');
}

test('no file holds a value; what is not secret can be found there, so that looking for it means something', async () => {
  await inHome(async (home) => {
    await withStore(home, async (store) => {
      await store.secrets.put(name, bytes('correct horse battery staple'), 'create', 1);
      await store.desiredState.put(sampleFunction('hello', 1, { env: { A: 'plain as day' } }));
    });
    const found = everything(home);
    assert.ok(found.includes('plain as day'));
    assert.ok(!found.includes('correct horse'));
    assert.ok(!found.includes(Buffer.from('correct horse battery staple').toString('base64')));
  });
});

test('the key is made with the first secret, for its owner only', async () => {
  await inHome(async (home, keys) => {
    await withStore(home, async () => undefined);
    assert.equal(existsSync(keys), false);
    await withStore(home, (store) => store.secrets.put(name, bytes('x'), 'create', 1));
    assert.equal(statSync(keys).mode & 0o777, 0o600);
    assert.match(readFileSync(keys, 'utf8'), /keep a copy/);
  });
});

test('with the key lost everything else is there, and secrets can be written anew', async () => {
  await inHome(async (home, keys) => {
    await withStore(home, async (store) => {
      await store.secrets.put(name, bytes('old'), 'create', 1);
      await store.desiredState.put(sampleFunction('hello'));
    });
    rmSync(keys);
    await withStore(home, async (store) => {
      assert.equal((await store.desiredState.list()).length, 1);
      assert.deepEqual(
        (await store.secrets.list()).map(({ readable }) => readable),
        [false],
      );
      await assert.rejects(store.secrets.read(name), {
        code: 'secret_unreadable',
        message: /api-key of openfaas-fn/,
      });
      assert.equal(await store.secrets.rotateKey(), 0);
      await store.secrets.put(name, bytes('new'), 'replace', 2);
      assert.equal(textOf(await store.secrets.read(name)), 'new');
    });
  });
});

test('after a new key a copy of the old one opens nothing that is written now', async () => {
  await inHome(async (home, keys) => {
    await withStore(home, (store) => store.secrets.put(name, bytes('v'), 'create', 1));
    copyFileSync(keys, `${keys}.stolen`);
    await withStore(home, (store) => store.secrets.rotateKey());
    assert.notEqual(readFileSync(keys, 'utf8'), readFileSync(`${keys}.stolen`, 'utf8'));
    const right = readFileSync(keys);
    copyFileSync(`${keys}.stolen`, keys);
    await withStore(home, (store) => assert.rejects(store.secrets.read(name), { code: 'secret_unreadable' }));
    writeFileSync(keys, right);
    await withStore(home, async (store) => assert.equal(textOf(await store.secrets.read(name)), 'v'));
  });
});

test('a change of key that is cut short loses nothing', async () => {
  await inHome(async (home, keys) => {
    await withStore(home, async (store) => {
      for (const n of [1, 2, 3])
        await store.secrets.put({ ...name, name: `s${n}` }, bytes(`v${n}`), 'create', 1);
    });
    // Where it was cut: the new key is on disk, and one of three is written with it.
    const fresh = new SecretKeys(keys).add();
    const file = new DatabaseFile(home);
    const { SecretRows } = await import('./secret-rows.ts');
    const rows = new SecretRows(file, 0, () => assert.fail('damage'));
    const second = rows.read({ ...name, name: 's2' });
    assert.ok(second);
    rows.put({ ...second, ...seal(second, bytes('v2'), fresh) }, 'replace');
    file.close();
    await withStore(home, async (store) => {
      for (const n of [1, 2, 3])
        assert.equal(textOf(await store.secrets.read({ ...name, name: `s${n}` })), `v${n}`);
      assert.equal(await store.secrets.rotateKey(), 3);
    });
    assert.equal(readFileSync(keys, 'utf8').trim().split('\n').length, 3, 'two lines of words, one key');
  });
});

test('a box opens under its own name and key only, and only unchanged', () => {
  const key = { id: 'aaaaaaaa', bytes: new Uint8Array(32).fill(1) };
  const sealed = { ...name, ...seal(name, bytes('value'), key), createdAt: 1, updatedAt: 1 };
  assert.equal(textOf(unseal(sealed, key)), 'value');
  const flipped = Buffer.from(sealed.box, 'base64');
  flipped[0]! ^= 1;
  for (const other of [
    { ...sealed, name: 'other' },
    { ...sealed, namespace: 'other' },
    { ...sealed, box: flipped.toString('base64') },
    { ...sealed, box: '' },
    { ...sealed, nonce: '' },
  ])
    assert.equal(unseal(other, key), undefined, JSON.stringify(other));
  assert.equal(unseal(sealed, { ...key, bytes: new Uint8Array(32).fill(2) }), undefined);
  assert.notEqual(
    seal(name, bytes('value'), key).box,
    sealed.box,
    'the same value never looks the same twice',
  );
});

test('a key file that others can read, or that holds no key, keeps the store shut with the remedy', async () => {
  await inHome(async (home, keys) => {
    await withStore(home, (store) => store.secrets.put(name, bytes('v'), 'create', 1));
    chmodSync(keys, 0o644);
    await assert.rejects(openStore({ home, now: Date.now }), { code: 'storage_failed', next: /^chmod 600/ });
    chmodSync(keys, 0o600);
    const right = readFileSync(keys);
    writeFileSync(keys, 'not a key\n');
    await assert.rejects(openStore({ home, now: Date.now }), {
      code: 'storage_failed',
      message: /entry 1 is no key/,
    });
    writeFileSync(keys, right);
    await withStore(home, async (store) => assert.equal(textOf(await store.secrets.read(name)), 'v'));
  });
});
