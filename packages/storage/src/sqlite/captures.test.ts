import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sampleCall, sampleCapture } from '@wherry/testkit/samples';
import { DatabaseFile } from './database-file.ts';
import { openStore, type Store } from './open-store.ts';

async function withStore<T>(home: string, body: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ home, now: Date.now });
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

async function inHome(body: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'wherry-captures-'));
  try {
    await body(home);
  } finally {
    await rm(home, { recursive: true });
  }
}

/** Every file of a folder as one text. */
function everything(folder: string): string {
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('');
}

const request = (text: string) => ({
  ...sampleCapture(1).request,
  path: '/correct?horse=battery',
  headers: ['X-Staple', text],
  body: { kept: new TextEncoder().encode(text), bytes: text.length, cut: false },
});

test('no file holds a body, a path or a header; what is not secret can be found there', async () => {
  await inHome(async (home) => {
    await withStore(home, async (store) => {
      await store.captures.append([sampleCapture(1, { request: request('staple of a body') })]);
      await store.records.append([sampleCall(1, { path: '/plain-as-day' })]);
    });
    const found = everything(home);
    assert.ok(found.includes('plain-as-day'));
    for (const text of ['staple of a body', 'X-Staple', 'horse=battery', 'answer 1'])
      assert.ok(!found.includes(text) && !found.includes(Buffer.from(text).toString('base64')), text);
  });
});

test('without the key nothing of it can be read, and that is said', async () => {
  await inHome(async (home) => {
    await withStore(home, (store) => store.captures.append([sampleCapture(1)]));
    rmSync(join(home, 'secrets.key'));
    await withStore(home, async (store) => {
      await assert.rejects(store.captures.read(sampleCapture(1).id), { code: 'capture_unreadable' });
      await store.captures.append([sampleCapture(2)]);
      assert.notEqual(await store.captures.read(sampleCapture(2).id), undefined);
    });
  });
});

test('a new key takes over what was kept, and the old one opens none of it', async () => {
  await inHome(async (home) => {
    await withStore(home, async (store) => {
      await store.captures.append([sampleCapture(1), sampleCapture(2)]);
      const old = readFileSync(join(home, 'secrets.key'), 'utf8')
        .match(/^[0-9a-f]{8} /m)?.[0]
        .trim();
      await store.secrets.rotateKey();
      await store.captures.append([sampleCapture(3)]);
      for (const n of [1, 2, 3])
        assert.equal((await store.captures.read(sampleCapture(n).id))?.at, sampleCapture(n).at);
      assert.ok(!readFileSync(join(home, 'secrets.key'), 'utf8').includes(old as string));
    });
    const file = new DatabaseFile(home);
    const keys = file.history.prepare('SELECT DISTINCT key FROM captures').all();
    file.close();
    assert.equal(keys.length, 1, 'all of them are under the one key that is left');
  });
});

test('moved to another call it does not open: who can write the database cannot pass one off as another', async () => {
  await inHome(async (home) => {
    await withStore(home, (store) => store.captures.append([sampleCapture(1), sampleCapture(2)]));
    const file = new DatabaseFile(home);
    file.history.exec(
      'UPDATE captures SET nonce=(SELECT nonce FROM captures WHERE seq=2), box=(SELECT box FROM captures WHERE seq=2), seal=NULL WHERE seq=1',
    );
    file.history.exec("INSERT INTO sizes VALUES ('captures without seal', 9, 0)");
    file.close();
    await withStore(home, async (store) => {
      await assert.rejects(store.captures.read(sampleCapture(1).id), { code: 'capture_unreadable' });
      assert.notEqual(await store.captures.read(sampleCapture(2).id), undefined, 'control');
    });
  });
});
