import assert from 'node:assert/strict';
import type { NamedPackage } from '@wherry/core/build';
import { type BuildCatalogue, type BuildResult, keptResults } from '@wherry/core/ports/build-catalogue';
import { hostileStrings } from './hostile-strings.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const digest = (n: number): string => String(n).padStart(64, '0');
const result = (n: number, of = 'hello.openfaas-fn'): BuildResult => ({
  key: `k${n}`,
  of,
  digest: digest(n),
  at: n,
});
const named = (reference: string, n: number, namespace = ''): NamedPackage => ({
  reference,
  namespace,
  digest: digest(n),
  at: n,
});

/** What every BuildCatalogue promises, from the doc comments of the port. */
export function buildCatalogueConformance(name: string, open: OpenStore<BuildCatalogue>): void {
  const promise = promisesOf(name, open);

  promise('a result is found by its key; the last of a key wins', async (store) => {
    assert.equal(await store.result('k1'), undefined);
    await store.keep(result(1));
    await store.keep({ ...result(1), digest: digest(9) });
    assert.equal((await store.result('k1'))?.digest, digest(9));
  });

  promise('of each function the newest results stay', async (store) => {
    await store.keep(result(100, 'other.openfaas-fn'));
    for (let n = 1; n <= keptResults + 2; n += 1) await store.keep(result(n));
    assert.equal(await store.result('k1'), undefined);
    assert.equal(await store.result('k2'), undefined);
    assert.notEqual(await store.result('k3'), undefined);
    assert.notEqual(await store.result('k100'), undefined);
  });

  promise('a name means one package in each namespace, whatever it looks like', async (store) => {
    for (const [at, text] of hostileStrings.entries()) await store.name(named(text, at, 'a'));
    for (const [at, text] of hostileStrings.entries())
      assert.deepEqual(await store.named('a', text), named(text, at, 'a'));
    await store.name(named('hello:latest', 1));
    await store.name(named('hello:latest', 2, 'team'));
    await store.name(named('hello:latest', 3));
    assert.equal((await store.named('', 'hello:latest'))?.digest, digest(3));
    assert.equal((await store.named('team', 'hello:latest'))?.digest, digest(2));
    assert.equal(await store.named('other', 'hello:latest'), undefined);
  });

  promise('names are listed in order and can go', async (store) => {
    await store.name(named('b', 1));
    await store.name(named('a', 2, 'team'));
    await store.name(named('a', 3));
    assert.deepEqual(await store.list(), [named('a', 3), named('b', 1), named('a', 2, 'team')]);
    assert.equal(await store.unname('', 'a'), true);
    assert.equal(await store.unname('', 'a'), false);
    assert.deepEqual(await store.list(), [named('b', 1), named('a', 2, 'team')]);
  });

  promise(
    'a namespace’s names and results can be forgotten, and nobody else’s go with them',
    async (store) => {
      await store.keep(result(1, 'hello.team'));
      await store.keep(result(2, 'hello.my-team'));
      await store.name(named('x', 3, 'team'));
      await store.name(named('x', 4, 'tea_'));
      await store.name(named('x', 5));
      await store.forget('team');
      assert.equal(await store.result('k1'), undefined);
      assert.notEqual(await store.result('k2'), undefined);
      assert.deepEqual(await store.list(), [named('x', 5), named('x', 4, 'tea_')]);
    },
  );

  promise('everything that is referred to is in use', async (store) => {
    await store.keep(result(1));
    await store.name(named('x', 2));
    assert.deepEqual([...(await store.used())].sort(), [digest(1), digest(2)]);
  });

  promise('all of it is there after a restart', async (store, on) => {
    await store.keep(result(1));
    await store.name(named('x', 2));
    const again = await on.reopen?.();
    if (again === undefined) return;
    assert.deepEqual(await again.result('k1'), result(1));
    assert.deepEqual(await again.list(), [named('x', 2)]);
  });
}
