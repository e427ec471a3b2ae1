import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gauge } from '@wherry/testkit/metric-history-conformance';
import { MemoryMetricHistory } from '../memory/metric-history.ts';
import { most } from './series-index.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

test('where there are too many series of instances, those that ended first make room', async () => {
  const history = new MemoryMetricHistory();
  const some = 12_000;
  const round = (at: number): Promise<number> =>
    history.append(
      start + at * day,
      Array.from({ length: some }, (_, n) =>
        gauge('use', n, { function_name: 'f.n', instance: `${at}-${n}` }),
      ),
    );
  const full = most.ofInstances / some;
  for (let at = 0; at < full; at += 1) assert.equal(await round(at), 0);
  assert.equal(await round(full), some, 'there is no room');
  await history.prune(start + full * day, Infinity);
  assert.equal(await round(full + 1), 0);
  const left = async (at: number): Promise<number> => {
    const matchers = [{ label: 'instance', is: '=~', value: `${at}-.*` }] as const;
    return (await history.series({ matchers, from: start, to: start + 30 * day })).length;
  };
  assert.deepEqual(
    [await left(0), await left(1), await left(full - 1), await left(full + 1)],
    [0, some, some, some],
  );
});
