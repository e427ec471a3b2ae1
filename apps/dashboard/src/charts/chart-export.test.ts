import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queries } from '@wherry/query/queries';
import { MemoryMetricHistory } from '@wherry/storage/memory/metric-history';
import { chartExport } from './chart-export.ts';

const span = { from: 60_000, to: 120_000, live: false };
const grid = { times: [60_000, 120_000], stepMs: 60_000, open: false };

test('lines of several queries stay apart, whatever their names and expressions are', async () => {
  const history = new MemoryMetricHistory();
  const up = { name: 'up', kind: 'gauge' as const, labels: { fn: 'a' } };
  for (const at of grid.times) await history.append(at, [{ ...up, value: 3 }]);
  const asked = chartExport(
    [
      { text: 'up', legend: 'now "$1" \\\\' },
      { text: 'up * 2 or up', legend: '{{fn}}' },
      { text: 'max_over_time(up[$__interval])', legend: 'most' },
    ],
    grid,
    span,
  );
  const found = await queries.range(
    history,
    { text: asked['query'] ?? '', start: 60_000, end: 120_000, stepMs: 60_000 },
    { signal: new AbortController().signal, deadlineMs: 5_000 },
  );
  assert.deepEqual(
    found.result.map(({ metric, values }) => [metric['line'], values.at(-1)?.[1]]),
    [
      ['now "$1" \\\\', '3'],
      ['most', '3'],
      ['up * 2 or up', '6'],
    ],
  );
  assert.deepEqual(
    [asked['since'], asked['until'], asked['step']],
    ['1970-01-01T00:01:00.000Z', '1970-01-01T00:02:00.000Z', '60s'],
  );
});

test('one query goes as it is, and a time that goes on as how long ago it began', () => {
  const asked = chartExport([{ text: 'rate(up[$__interval])', legend: 'x' }], grid, {
    ...{ from: 0, to: 30 * 86_400_000, live: true },
  });
  assert.deepEqual(asked, { query: 'rate(up[60s])', step: '60s', since: '43200m' });
});
