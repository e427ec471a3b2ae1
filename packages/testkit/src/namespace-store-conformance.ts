import assert from 'node:assert/strict';
import type { Namespace } from '@wherry/core/namespace';
import type { NamespaceChange, NamespaceStore } from '@wherry/core/ports/namespace-store';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const namespace = (name: string, revision = 1, more: Partial<Namespace> = {}): Namespace => ({
  name,
  revision,
  createdAt: 1_700_000_000_000,
  ...more,
});

/** What every NamespaceStore promises, from the doc comments of the port. */
export function namespaceStoreConformance(name: string, open: OpenStore<NamespaceStore>): void {
  const promise = promisesOf(name, open);

  promise('namespaces come back as they were put, ordered by name', async (store) => {
    const labels = Object.fromEntries(hostileStrings.map((text) => [text, text]));
    await store.put(namespace('b', 1, { labels, annotations: { openfaas: '1' } }));
    await store.put(namespace('a'));
    assert.deepEqual(await store.list(), [
      namespace('a'),
      namespace('b', 1, { labels, annotations: { openfaas: '1' } }),
    ]);
  });

  promise('a put must follow on the stored revision, a removal name it', async (store) => {
    await assert.rejects(store.put(namespace('a', 2)), { code: 'conflict' });
    await store.put(namespace('a'));
    await assert.rejects(store.put(namespace('a', 1, { labels: { x: 'y' } })), { code: 'conflict' });
    await store.put(namespace('a', 2));
    await assert.rejects(store.remove('a', 1), { code: 'conflict' });
    assert.deepEqual(await store.list(), [namespace('a', 2)]);
    assert.equal(await store.remove('a', 2), true);
    assert.equal(await store.remove('a', 2), false);
    assert.deepEqual(await store.list(), []);
  });

  promise('a watcher hears every change after it began, in order, until it stops', async (store) => {
    const heard: NamespaceChange[] = [];
    const cancel = store.watch((change) => heard.push(change));
    await store.put(namespace('a'));
    await store.remove('a', 1);
    cancel();
    await store.put(namespace('b'));
    assert.deepEqual(heard, [
      { kind: 'put', namespace: namespace('a') },
      { kind: 'removed', name: 'a' },
    ]);
  });

  promise('namespaces are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.put(namespace('a'));
    assert.deepEqual(await (await on.reopen()).list(), [namespace('a')]);
  });
}
