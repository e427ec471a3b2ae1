import assert from 'node:assert/strict';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import { maxSecretBytes, type SecretName } from '@wherry/core/secret';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const key: SecretName = { namespace: 'openfaas-fn', name: 'api-key' };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What every SecretStore promises, from the doc comments of the port. */
export function secretStoreConformance(name: string, open: OpenStore<SecretStore>): void {
  const promise = promisesOf(name, open);

  promise('a value comes back byte for byte, whatever bytes they are', async (store) => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    for (const [i, value] of [
      all,
      text('with a line end\n'),
      new Uint8Array(maxSecretBytes).fill(7),
    ].entries()) {
      await store.put({ ...key, name: `s${i}` }, value, 'create', 1);
      assert.deepEqual(Buffer.from((await store.read({ ...key, name: `s${i}` }))!), Buffer.from(value));
    }
    assert.equal(await store.read(key), undefined);
    assert.equal(await store.read({ namespace: 'other', name: 's0' }), undefined);
  });

  promise('the list tells names and times, and no value', async (store) => {
    await store.put(key, text('old'), 'create', 1000);
    await store.put({ namespace: 'a', name: 'z' }, text('x'), 'create', 1500);
    await store.put(key, text('new'), 'replace', 2000);
    assert.deepEqual(await store.list(), [
      { namespace: 'a', name: 'z', createdAt: 1500, updatedAt: 1500, readable: true },
      { ...key, createdAt: 1000, updatedAt: 2000, readable: true },
    ]);
    assert.equal(Buffer.from((await store.read(key))!).toString(), 'new');
  });

  promise('creating wants nothing there, replacing wants something', async (store) => {
    await assert.rejects(store.put(key, text('a'), 'replace', 1), { code: 'secret_unknown' });
    await store.put(key, text('a'), 'create', 1);
    await assert.rejects(store.put(key, text('b'), 'create', 2), { code: 'secret_exists' });
    assert.equal(Buffer.from((await store.read(key))!).toString(), 'a');
    assert.equal(await store.remove(key), true);
    assert.equal(await store.remove(key), false);
    assert.equal(await store.read(key), undefined);
  });

  promise('of many that create the same at once exactly one wins', async (store) => {
    const puts = Array.from({ length: 20 }, (_, n) => store.put(key, text(`${n}`), 'create', n));
    const outcomes = await Promise.allSettled(puts);
    const winners = outcomes.flatMap((outcome, n) => (outcome.status === 'fulfilled' ? [n] : []));
    assert.equal(winners.length, 1);
    assert.equal(Buffer.from((await store.read(key))!).toString(), `${winners[0]}`);
  });

  promise('names are told apart whatever is in them', async (store) => {
    for (const [n, one] of hostileStrings.entries())
      await store.put({ ...key, name: one }, text(`${n}`), 'create', 1);
    for (const [n, one] of hostileStrings.entries())
      assert.equal(Buffer.from((await store.read({ ...key, name: one }))!).toString(), `${n}`);
  });

  promise('a new key changes no value, and what is written meanwhile is kept', async (store) => {
    for (let n = 0; n < 20; n++) await store.put({ ...key, name: `s${n}` }, text(`v${n}`), 'create', 1);
    const [count] = await Promise.all([
      store.rotateKey(),
      store.put({ ...key, name: 's3' }, text('newer'), 'replace', 2),
    ]);
    assert.equal(count, 20);
    for (let n = 0; n < 20; n++)
      assert.equal(
        Buffer.from((await store.read({ ...key, name: `s${n}` }))!).toString(),
        n === 3 ? 'newer' : `v${n}`,
      );
  });

  promise('a watcher hears which secret changed, until it stops', async (store) => {
    const heard: SecretName[] = [];
    const cancel = store.watch((changed) => heard.push(changed));
    await store.put(key, text('a'), 'create', 1);
    await store.put(key, text('b'), 'replace', 2);
    await store.remove(key);
    await store.remove(key);
    cancel();
    await store.put(key, text('c'), 'create', 3);
    assert.deepEqual(heard, [key, key, key]);
  });

  promise('values are there again after a restart, also after a new key', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.put(key, text('kept'), 'create', 1);
    const again = await on.reopen();
    assert.equal(Buffer.from((await again.read(key))!).toString(), 'kept');
    await again.rotateKey();
    const third = await on.reopen();
    assert.equal(Buffer.from((await third.read(key))!).toString(), 'kept');
  });
}
