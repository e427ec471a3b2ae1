import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cronCalendar } from '@wherry/triggers/cron-calendar';
import { type PeriodLength, Periods } from './periods.ts';

const hour = 3_600_000;
const at = (text: string): number => Date.parse(text);
const of = (length: PeriodLength, zone: string): Periods => new Periods(cronCalendar, length, zone);
const hours = ({ from, to }: { from: number; to: number }): number => (to - from) / hour;

test('a day of 23 or 25 hours is one day', () => {
  const berlin = of('day', 'Europe/Berlin');
  const spring = berlin.at(at('2026-03-29T12:00:00Z'));
  assert.deepEqual(spring, { from: at('2026-03-28T23:00:00Z'), to: at('2026-03-29T22:00:00Z') });
  const autumn = berlin.at(at('2026-10-25T12:00:00Z'));
  assert.deepEqual(autumn, { from: at('2026-10-24T22:00:00Z'), to: at('2026-10-25T23:00:00Z') });
  assert.deepEqual([hours(spring), hours(autumn)], [23, 25]);
});

test('every moment of a year is in exactly one period, of every length, in places with odd clocks', () => {
  const zones = [
    ...['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe'],
    ...['Pacific/Apia', 'America/Havana', 'Africa/Cairo', 'America/St_Johns'],
  ];
  for (const zone of zones)
    for (const length of ['day', 'week', 'month'] as const)
      for (const year of [2011, 2018, 2026]) {
        const from = Date.UTC(year, 0, 1);
        const periods = of(length, zone).within(from, Date.UTC(year + 1, 0, 1));
        assert.equal(periods[0]?.from, from);
        for (const [place, one] of periods.entries()) {
          assert.ok(one.to > one.from, `${zone} ${length} ${place}`);
          if (place > 0) assert.equal(one.from, periods[place - 1]?.to);
        }
        assert.equal(periods.at(-1)?.to, Date.UTC(year + 1, 0, 1));
      }
});

test('a midnight that is left out: the day begins when the clock goes on', () => {
  const saoPaulo = of('day', 'America/Sao_Paulo');
  const day = saoPaulo.at(at('2018-11-04T12:00:00Z'));
  assert.deepEqual(day, { from: at('2018-11-04T03:00:00Z'), to: at('2018-11-05T02:00:00Z') });
});

test('hours: both of those that come twice', () => {
  const periods = of('hour', 'Europe/Berlin').within(at('2026-10-24T22:00:00Z'), at('2026-10-25T23:00:00Z'));
  assert.equal(periods.length, 25);
  assert.ok(periods.every((one) => hours(one) === 1));
  const half = of('hour', 'Asia/Kolkata').at(at('2026-06-01T10:10:00Z'));
  assert.equal(half.from, at('2026-06-01T09:30:00Z'));
});

test('weeks begin on Monday, months on their first; a boundary belongs to what it begins', () => {
  const week = of('week', 'UTC').at(at('2026-11-29T23:59:59.999Z'));
  assert.deepEqual(week, { from: at('2026-11-23T00:00:00Z'), to: at('2026-11-30T00:00:00Z') });
  assert.equal(of('week', 'UTC').at(week.to).from, week.to);
  const month = of('month', 'UTC').at(at('2026-02-01T00:00:00Z'));
  assert.equal(hours(month), 28 * 24);
  assert.deepEqual(of('month', 'UTC').before(month), { from: at('2026-01-01T00:00:00Z'), to: month.from });
});
