import assert from 'node:assert/strict';
import type { Captures } from '@wherry/core/ports/captures';
import { hostileStrings } from './hostile-strings.ts';
import { sampleCapture } from './samples.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const hello = { namespace: 'openfaas-fn', name: 'hello' };
const other = { ...hello, name: 'other' };
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** What every store of captures promises, from the doc comments of the port. */
export function capturesConformance(name: string, open: OpenStore<Captures>): void {
  const promise = promisesOf(name, open);

  promise('what was kept comes back as it was, every byte', async (store) => {
    const bytes = Uint8Array.from(range(0, 256));
    const one = sampleCapture(1, {
      request: {
        ...sampleCapture(1).request,
        headers: hostileStrings.flatMap((text) => ['X-Text', text]),
        body: { kept: bytes, bytes: 70_000, cut: true },
      },
    });
    await store.append([sampleCapture(0), one, sampleCapture(2)]);
    const read = await store.read(one.id);
    assert.deepEqual(
      { ...read, request: { ...read?.request, body: 0 } },
      { ...one, answer: read?.answer, request: { ...one.request, body: 0 } },
    );
    assert.deepEqual(Buffer.from(read?.request.body.kept ?? []), Buffer.from(bytes));
    assert.equal(Buffer.from(read?.answer.body.kept ?? []).toString(), 'answer 1');
    assert.deepEqual([read?.request.body.bytes, read?.request.body.cut], [70_000, true]);
    assert.equal(await store.read(sampleCapture(9).id), undefined);
  });

  promise('of several attempts the last; and which calls there is something of', async (store) => {
    const [first, second] = [sampleCapture(1, { attempt: 1 }), sampleCapture(1, { attempt: 2 })];
    await store.append([first, sampleCapture(2)]);
    await store.append([second]);
    assert.equal((await store.read(first.id))?.attempt, 2);
    const ids = [1, 2, 3].map((n) => sampleCapture(n).id);
    assert.deepEqual([...(await store.which(ids))].sort(), ids.slice(0, 2).sort());
    assert.deepEqual(await store.which([]), new Set());
    assert.deepEqual(await store.which([ids[2] as string]), new Set());
  });

  promise('of a function that is forgotten nothing is left, and of others everything', async (store) => {
    const deployment = { ...other, version: 3 };
    await store.append([sampleCapture(1), sampleCapture(2, { deployment }), sampleCapture(3)]);
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    assert.deepEqual([...(await store.owners())].sort(byName), [hello, other]);
    assert.equal(await store.forget(hello), 2);
    assert.deepEqual(await store.owners(), [other]);
    assert.equal(await store.read(sampleCapture(1).id), undefined);
    assert.equal((await store.read(sampleCapture(2).id))?.deployment.version, 3);
    assert.equal(await store.forget(hello), 0);
  });

  promise(
    'pruning drops what is older, then the oldest that do not fit; appending goes on',
    async (store) => {
      await store.append(range(0, 300).map((n) => sampleCapture(n)));
      assert.equal(await store.prune(sampleCapture(100).at, Infinity), 100);
      const dropped = await store.prune(0, 100_000);
      assert.ok(dropped > 10 && dropped < 200, `${dropped}`);
      assert.equal(await store.read(sampleCapture(100).id), undefined);
      assert.notEqual(await store.read(sampleCapture(299).id), undefined);
      await store.prune(0, 0);
      assert.deepEqual(await store.owners(), []);
      await store.append([sampleCapture(300)]);
      assert.notEqual(await store.read(sampleCapture(300).id), undefined);
    },
  );

  promise('they are there again after a restart', async (store, on) => {
    if (on.reopen === undefined) return;
    await store.append([sampleCapture(1)]);
    const again = await on.reopen();
    await again.append([sampleCapture(2)]);
    assert.equal(
      Buffer.from((await again.read(sampleCapture(1).id))?.request.body.kept ?? []).toString(),
      'request 1',
    );
  });
}
