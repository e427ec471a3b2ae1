import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gridOf, refreshOf, spanBefore, spanOf, withIntervals } from './span.ts';

const now = Date.UTC(2026, 4, 1, 12, 0, 7);
const said = (text: string) => spanOf(new URLSearchParams(text), now);

test('an address says a range that ends now, or a time of its own', () => {
  assert.deepEqual(said('range=6h'), { from: now - 6 * 3_600_000, to: now, live: true });
  assert.deepEqual(said('from=1700000000&to=1700003600'), {
    from: 1.7e12,
    to: 1.7e12 + 3_600_000,
    live: false,
  });
});

test('what is no time in an address is the last hour', () => {
  for (const text of [
    '',
    'range=toString',
    'from=5&to=4',
    'from=-1&to=2',
    'from=1e3&to=9',
    'from=0&to=1700000000',
  ])
    assert.deepEqual(said(text), { from: now - 3_600_000, to: now, live: true }, text);
  assert.equal(refreshOf(new URLSearchParams('refresh=0.001')), 30);
  assert.equal(refreshOf(new URLSearchParams('refresh=0')), 0);
});

test('samples are asked for at whole steps, and no more than fit; the step under way is open', () => {
  const grid = gridOf(said('range=1h'), now, 240);
  assert.equal(grid.stepMs, 15_000);
  assert.ok(grid.times.every((at) => at % 15_000 === 0) && grid.times.length <= 242);
  assert.deepEqual([grid.open, grid.times.at(-1)], [true, Date.UTC(2026, 4, 1, 12, 0, 15)]);
  assert.deepEqual(gridOf(said('range=1h'), now + 2_000, 240).times, grid.times, 'the same a moment later');
  const past = gridOf(spanBefore(said('range=1h')), now, 240, grid.stepMs);
  assert.equal(past.open, false);
  assert.ok((past.times.at(-1) ?? 0) <= now - 3_600_000);
});

test('a rate is never taken over less than a minute', () => {
  assert.equal(
    withIntervals('rate(a[$__rate_interval]) + increase(a[$__interval])', 15_000),
    'rate(a[60s]) + increase(a[15s])',
  );
  assert.equal(withIntervals('rate(a[$__rate_interval])', 3_600_000), 'rate(a[3600s])');
});
