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
