import assert from 'node:assert/strict';
import type { FunctionRecord } from '@wherry/core/function';
import type { DesiredChange, DesiredState } from '@wherry/core/ports/desired-state';
import { hostileStrings } from './hostile-strings.ts';
import { sampleFunction } from './samples.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const hello = { namespace: 'openfaas-fn', name: 'hello' };

/** What every DesiredState promises, from the doc comments of the port. */
export function desiredStateConformance(name: string, open: OpenStore<DesiredState>): void {
  const promise = promisesOf(name, open);

  promise('what was put comes back the same, and nothing else', async (store) => {
    const record = { ...sampleFunction('hello'), scale: 0 };
    await store.put(record);
    assert.deepEqual(await store.get(hello), record);
    assert.equal(await store.get({ ...hello, name: 'other' }), undefined);
    assert.equal(await store.get({ ...hello, namespace: 'other' }), undefined);
    assert.deepEqual(await store.list(), [record]);
  });

  promise('the list is ordered by namespace and then by name', async (store) => {
    const names = [
      ['b', 'a'],
      ['a-b', 'z'],
      ['a', 'z'],
      ['a', 'b-c'],
      ['a', 'b'],
    ] as const;
    for (const [namespace, fn] of names) await store.put(sampleFunction(fn, 1, { namespace }));
    const listed = (await store.list()).map((record) => [record.namespace, record.name]);
    assert.deepEqual(listed, [
      ['a', 'b'],
      ['a', 'b-c'],
      ['a', 'z'],
      ['a-b', 'z'],
      ['b', 'a'],
    ]);
  });

  promise(
    'a put must follow on the stored revision; otherwise it is a conflict and nothing changes',
    async (store) => {
      await assert.rejects(store.put(sampleFunction('hello', 2)), { code: 'conflict' });
      await store.put(sampleFunction('hello', 1));
      await assert.rejects(store.put(sampleFunction('hello', 1, { image: 'other' })), { code: 'conflict' });
      await assert.rejects(store.put(sampleFunction('hello', 3, { image: 'other' })), { code: 'conflict' });
      assert.deepEqual(await store.list(), [sampleFunction('hello', 1)]);
      await store.put(sampleFunction('hello', 2));
      assert.equal((await store.get(hello))?.revision, 2);
    },
  );

  promise('of many that write the same revision at once exactly one wins', async (store) => {
    const puts = Array.from({ length: 20 }, (_, n) =>
      store.put(sampleFunction('hello', 1, { image: `image-${n}` })),
    );
    const outcomes = await Promise.allSettled(puts);
    const winners = outcomes.flatMap((outcome, n) => (outcome.status === 'fulfilled' ? [n] : []));
    assert.equal(winners.length, 1);
    assert.equal((await store.get(hello))?.active.spec.image, `image-${winners[0]}`);
  });

  promise('removing wants the stored revision; what is missing is false', async (store) => {
    assert.equal(await store.remove(hello, 1), false);
    await store.put(sampleFunction('hello'));
    await assert.rejects(store.remove(hello, 2), { code: 'conflict' });
    assert.equal(await store.remove(hello, 1), true);
    assert.equal(await store.remove(hello, 1), false);
    assert.equal(await store.get(hello), undefined);
    await store.put(sampleFunction('hello'));
  });

  promise(
    'version numbers count from 1 for each name and never come twice, also after a removal',
    async (store) => {
      assert.equal(await store.nextVersion(hello), 1);
      assert.equal(await store.nextVersion({ ...hello, namespace: 'other' }), 1);
      await store.put(sampleFunction('hello'));
      await store.remove(hello, 1);
      const more = await Promise.all(Array.from({ length: 10 }, () => store.nextVersion(hello)));
      assert.deepEqual(
        more.sort((a, b) => a - b),
        [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      );
    },
  );

  promise(
    'a watcher hears every change after it began, in order, its own included, until it stops',
    async (store) => {
      await store.put(sampleFunction('before'));
      const heard: DesiredChange[] = [];
      const cancel = store.watch((change) => heard.push(change));
      await store.put(sampleFunction('hello', 1));
      await store.put(sampleFunction('hello', 2));
      await assert.rejects(store.put(sampleFunction('hello', 2)));
      await store.remove(hello, 2);
      await store.remove(hello, 2);
      cancel();
      cancel();
      await store.put(sampleFunction('hello', 1));
      assert.deepEqual(heard, [
        { kind: 'put', record: sampleFunction('hello', 1) },
        { kind: 'put', record: sampleFunction('hello', 2) },
        { kind: 'removed', name: hello },
      ]);
    },
  );

  promise('text comes back unchanged whatever is in it', async (store) => {
    const strings = Object.fromEntries(hostileStrings.map((text, n) => [`key-${n}`, text]));
    const keys = Object.fromEntries(hostileStrings.map((text) => [text, 'value']));
    const spec = {
      env: strings,
      labels: keys,
      annotations: { ...strings, ...keys },
      envProcess: hostileStrings.join(''),
    };
    await store.put(sampleFunction('hello', 1, spec));
    assert.deepEqual(await store.get(hello), sampleFunction('hello', 1, spec));
    // What `__proto__` does as a literal is the language's doing; as a key that came in by JSON it is a key like any other.
    const labels = JSON.parse('{"__proto__":"kept"}') as Record<string, string>;
    await store.put(sampleFunction('hello', 2, { labels }));
    assert.equal(JSON.stringify((await store.get(hello))?.active.spec.labels), '{"__proto__":"kept"}');
  });

  promise('what a reader does to its copy changes nothing here', async (store) => {
    await store.put(sampleFunction('hello', 1, { labels: { a: '1' } }));
    const copy = (await store.get(hello))!;
    (copy.active.spec.labels as Record<string, string>)['a'] = '2';
    assert.equal((await store.get(hello))?.active.spec.labels?.['a'], '1');
  });

  promise('versions that are kept, aliases and a canary come back the same', async (store, on) => {
    const versions = [4, 2, 1].map((version) => ({ ...sampleFunction('hello').active, version }));
    const record: FunctionRecord = {
      ...sampleFunction('hello'),
      active: { ...sampleFunction('hello').active, version: 3 },
      kept: versions,
      canary: { version: 4, percent: 10, sticky: { by: 'cookie', name: 'session' } },
      aliases: [
        { name: 'stable', shares: [{ version: 2, weight: 1 }] },
        {
          name: 'test',
          shares: [
            { version: 1, weight: 9 },
            { version: 3, weight: 1 },
          ],
          sticky: { by: 'client' },
        },
      ],
      withdrawn: [2],
    };
    await store.put(record);
    const again = (await on.reopen?.()) ?? store;
    assert.deepEqual(await again.get(hello), record);
    assert.deepEqual(await again.list(), [record]);
  });

  promise(
    'a number is above every version that is kept, also where the live one is an earlier one',
    async (store) => {
      const { active } = sampleFunction('hello');
      await store.put({ ...sampleFunction('hello'), kept: [{ ...active, version: 41 }] });
      assert.equal(await store.nextVersion(hello), 42);
    },
  );

  promise('everything is there again after a restart, numbers included', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.put(sampleFunction('hello'));
    await store.put(sampleFunction('gone'));
    assert.equal(await store.nextVersion({ ...hello, name: 'gone' }), 2);
    await store.remove({ ...hello, name: 'gone' }, 1);
    const again = await on.reopen();
    assert.deepEqual(await again.list(), [sampleFunction('hello')]);
    assert.equal(await again.nextVersion({ ...hello, name: 'gone' }), 3);
  });
}
