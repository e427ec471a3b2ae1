import assert from 'node:assert/strict';
import type { TokenRecord } from '@wherry/core/access';
import type { TokenStore } from '@wherry/core/ports/token-store';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const token = (name: string, more: Partial<TokenRecord> = {}): TokenRecord => ({
  name,
  hash: 'a'.repeat(64),
  scopes: ['read', 'invoke'],
  functions: 'team-a/*',
  createdAt: 1_700_000_000_000,
  ...more,
});

/** What every TokenStore promises, from the doc comments of the port. */
export function tokenStoreConformance(name: string, open: OpenStore<TokenStore>): void {
  const promise = promisesOf(name, open);

  promise('tokens come back as they were put, ordered by name', async (store) => {
    await store.put(token('b', { expiresAt: 1_800_000_000_000.5 }), false);
    await store.put(token('a'), false);
    assert.deepEqual(await store.list(), [token('a'), token('b', { expiresAt: 1_800_000_000_000.5 })]);
  });

  promise('a name is taken once, unless it is to be replaced', async (store) => {
    await store.put(token('a'), false);
    await assert.rejects(store.put(token('a', { functions: '*' }), false), { code: 'token_exists' });
    assert.deepEqual(await store.list(), [token('a')]);
    await store.put(token('a', { functions: '*' }), true);
    await store.put(token('new'), true);
    assert.deepEqual(await store.list(), [token('a', { functions: '*' }), token('new')]);
  });

  promise('removing says whether there was one', async (store) => {
    await store.put(token('a'), false);
    assert.equal(await store.remove('a'), true);
    assert.equal(await store.remove('a'), false);
    assert.deepEqual(await store.list(), []);
    await store.put(token('a'), false);
  });

  promise('a use is noted beside what the token is, and the next one in its place', async (store, on) => {
    await store.put(token('a', { expiresAt: 1_800_000_000_000 }), false);
    await store.put(token('b'), false);
    const { hash } = token('a');
    await store.used([{ name: 'a', hash, at: 1_700_000_000_001.5 }]);
    await store.used([]);
    const [once] = await store.list();
    assert.deepEqual(once, token('a', { expiresAt: 1_800_000_000_000, lastUsedAt: 1_700_000_000_001.5 }));
    await store.used(['a', 'b'].map((name) => ({ name, hash, at: 1_600_000_000_000 })));
    const after = await (on.reopen === undefined ? store : await on.reopen()).list();
    assert.deepEqual(
      after.map(({ name, lastUsedAt }) => [name, lastUsedAt]),
      [
        ['a', 1_600_000_000_000],
        ['b', 1_600_000_000_000],
      ],
      'the clock may have been wrong before',
    );
  });

  promise('a use that is told late brings no token back, and is none of its successor', async (store, on) => {
    const { hash } = token('a');
    const late = ['gone', 'rotated', 'never'].map((name) => ({ name, hash, at: 1 }));
    for (const name of ['gone', 'rotated']) await store.put(token(name), false);
    await store.remove('gone');
    await store.put(token('rotated', { hash: 'b'.repeat(64) }), true);
    await store.used(late);
    const left = [token('rotated', { hash: 'b'.repeat(64) })];
    assert.deepEqual(await store.list(), left);
    if (on.reopen !== undefined) assert.deepEqual(await (await on.reopen()).list(), left);
  });

  promise('told at the same moment, a removal is the end of a token all the same', async (store, on) => {
    const [{ hash }, names] = [token('a'), Array.from({ length: 20 }, (_, i) => `t${i}`)];
    for (const name of names) await store.put(token(name), false);
    const uses = names.map((name) => ({ name, hash, at: 5 }));
    await Promise.all([
      store.used(uses),
      ...names.flatMap((name, i) => (i % 2 === 0 ? [store.remove(name), store.used(uses)] : [])),
    ]);
    const odd = names.filter((_, i) => i % 2 === 1).sort();
    const left = (await (on.reopen === undefined ? store : await on.reopen()).list()).map(({ name }) => name);
    assert.deepEqual(left, odd);
  });

  promise('names are told apart whatever is in them', async (store) => {
    for (const text of hostileStrings) await store.put(token(text), false);
    assert.deepEqual(new Set((await store.list()).map((one) => one.name)), new Set(hostileStrings));
    for (const text of hostileStrings) assert.equal(await store.remove(text), true);
  });

  promise('tokens are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.put(token('a'), false);
    await store.put(token('b'), false);
    await store.remove('a');
    assert.deepEqual(await (await on.reopen()).list(), [token('b')]);
  });
}
