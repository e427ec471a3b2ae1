import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScheduleInfo } from '@wherry/wire/schedules';
import { lastRun, moment, momentIn, nextTimes } from './schedule-times.ts';

/** As this machine's clock shows it, wherever that is. */
const local = (month: number, day: number, hour = 0, minute = 0, second = 0) =>
  new Date(2026, month - 1, day, hour, minute, second).getTime();
const now = local(11, 26, 12, 30);

function schedule(more: Partial<ScheduleInfo>, ...next: number[][]): ScheduleInfo {
  const rules = next.map((times) => ({
    expression: '@daily',
    zone: 'UTC',
    next: times.map((at) => new Date(at).toISOString()),
  }));
  return { name: 'a', namespace: 'n', paused: false, missed: 'once', rules, ...more };
}

test('moments are said as people say them', () => {
  const said = (at: number) => moment(at, now);
  assert.equal(said(local(11, 26, 14, 5)), 'today 14:05');
  assert.equal(said(local(11, 26, 0, 0, 1)), 'today 00:00:01');
  assert.equal(said(local(11, 27, 0, 0)), 'tomorrow 00:00');
  assert.equal(said(local(11, 25, 23, 59)), 'yesterday 23:59');
  assert.equal(said(local(11, 28, 9, 0)), 'Sat 09:00');
  assert.equal(said(local(12, 2, 9, 0)), 'Wed 09:00');
  assert.equal(said(local(12, 3, 9, 0)), '2026-12-03 09:00');
  assert.equal(said(local(11, 20, 9, 0)), '2026-11-20 09:00');
});

test('the next three of all expressions, each day named once', () => {
  const one = schedule(
    {},
    [local(11, 26, 13), local(11, 27, 13)],
    [local(11, 26, 12, 45), local(11, 26, 13)],
  );
  assert.deepEqual(nextTimes(one, now, 3), ['today 12:45', '13:00', 'tomorrow 13:00']);
  assert.deepEqual(nextTimes(schedule({}, []), now, 3), []);
});

test('the last one, with what became of it', () => {
  const slot = new Date(local(11, 26, 12)).toISOString();
  const last = (more: object) => lastRun(schedule({ last: { slot, call: 'c', ...more } }), now);
  assert.equal(lastRun(schedule({}), now), 'never');
  assert.equal(last({}), 'today 12:00');
  assert.equal(last({ state: 'done', status: 204 }), 'today 12:00 204');
  assert.equal(last({ state: 'waiting', cause: 'it answered 503' }), 'today 12:00 waiting: it answered 503');
});

test('a moment in a place is what its clocks show', () => {
  assert.equal(momentIn('Europe/Berlin', Date.parse('2026-11-15T23:00:00Z')), '2026-11-16 00:00');
  assert.equal(momentIn('Nowhere/Land', Date.parse('2026-11-15T23:00:00Z')), '2026-11-15T23:00:00.000Z');
});
