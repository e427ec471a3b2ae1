// The calendar against a clock that is looked at second by second: slow, and plain enough to be right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { cronCalendar } from './cron-calendar.ts';

const minute = 60_000;
const day = 86_400_000;

function slots(expression: string, zone: string, from: string, count: number): string[] {
  const recurrence = cronCalendar.read(expression, zone);
  const found: string[] = [];
  for (let at = recurrence.next(Date.parse(from)); at !== undefined; at = recurrence.next(at)) {
    found.push(new Date(at).toISOString().replace('.000Z', 'Z'));
    if (found.length === count) break;
  }
  return found;
}

test('a local time that a clock change leaves out comes when it is over, once', () => {
  assert.deepEqual(slots('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3), [
    '2026-03-28T01:30:00Z',
    '2026-03-29T01:00:00Z',
    '2026-03-30T00:30:00Z',
  ]);
  assert.deepEqual(slots('0 2,3 * * *', 'Europe/Berlin', '2026-03-28T22:00:00Z', 2), [
    '2026-03-29T01:00:00Z',
    '2026-03-30T00:00:00Z',
  ]);
});

test('a local time that comes twice is the first one, also in a list of hours', () => {
  assert.deepEqual(slots('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2), [
    '2026-10-25T00:30:00Z',
    '2026-10-26T01:30:00Z',
  ]);
  assert.deepEqual(slots('30 1-3 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 3), [
    '2026-10-24T23:30:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-25T02:30:00Z',
  ]);
});

test('what goes through every hour goes through the hour that comes twice, too', () => {
  assert.deepEqual(slots('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30:00Z', 3), [
    '2026-10-25T00:00:00Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T02:00:00Z',
  ]);
});

test('ends of months and years, and 29 February', () => {
  assert.deepEqual(slots('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 2), [
    '2028-02-29T00:00:00Z',
    '2032-02-29T00:00:00Z',
  ]);
  assert.deepEqual(slots('0 0 31 * *', 'UTC', '2026-01-31T00:00:00Z', 2), [
    '2026-03-31T00:00:00Z',
    '2026-05-31T00:00:00Z',
  ]);
  assert.deepEqual(slots('59 59 23 31 12 *', 'UTC', '2026-06-01T00:00:00Z', 1), ['2026-12-31T23:59:59Z']);
  assert.deepEqual(slots('0 0 L * *', 'UTC', '2026-02-01T00:00:00Z', 1), ['2026-02-28T00:00:00Z']);
  assert.deepEqual(slots('@yearly', 'Pacific/Auckland', '2026-06-01T00:00:00Z', 1), ['2026-12-31T11:00:00Z']);
});

test('what cannot be read is told with the part that is wrong', () => {
  const wrong = (expression: string, why: RegExp) =>
    assert.throws(() => cronCalendar.read(expression, 'UTC'), { message: why }, expression);
  wrong('61 * * * *', /minute: 61/);
  wrong('* 24 * * *', /hour: 24/);
  wrong('* * 0 * *', /day: 0$/);
  wrong('* * * 13 *', /month: 13/);
  wrong('* * * * 8', /8/);
  wrong('a * * * *', /illegal/);
  wrong('5-1 * * * *', /5-1/);
  wrong('*/0 * * * *', /step/i);
  wrong('0 0 31 2 *', /no such day/);
  wrong('@reboot', /@hourly/);
  wrong('@constructor', /@hourly/);
  wrong('0 0 1 1 * 2030 1', /parts/);
});

/** One field as the oracle understands it: its numbers, and whether it names all of them. */
interface Field {
  readonly text: string;
  readonly has: (value: number) => boolean;
  /** A star, with or without a step. */
  readonly wild: boolean;
}

function field(random: () => number, least: number, most: number): Field {
  const pick = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const kind = random();
  if (kind < 0.3) return { text: '*', has: () => true, wild: true };
  if (kind < 0.45) {
    const step = pick(2, Math.max(2, Math.floor((most - least) / 2)));
    return { text: `*/${step}`, has: (value) => (value - least) % step === 0, wild: true };
  }
  if (kind < 0.65) {
    const [from, step] = [pick(least, most), pick(1, 5)];
    const to = pick(from, most);
    const text = step === 1 ? `${from}-${to}` : `${from}-${to}/${step}`;
    const fits = (value: number) => value >= from && value <= to && (value - from) % step === 0;
    return { text, has: fits, wild: false };
  }
  const values = Array.from({ length: pick(1, 4) }, () => pick(least, most));
  return { text: values.join(','), has: (value) => values.includes(value), wild: false };
}

/** Every minute of a stretch as local wall clocks show it. */
function localMinutes(zone: string, from: number, to: number): { at: number; parts: number[] }[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ weekday: 'short', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const minutes: { at: number; parts: number[] }[] = [];
  for (let at = from; at < to; at += minute) {
    const shown = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(shown.get(type));
    minutes.push({
      at,
      parts: [
        ...[number('minute'), number('hour'), number('day'), number('month')],
        weekdays.indexOf(shown.get('weekday') ?? ''),
      ],
    });
  }
  return minutes;
}

const places = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const stretches = [
  '2026-03-07',
  '2026-03-28',
  '2026-04-04',
  '2026-10-03',
  '2026-10-24',
  '2026-10-31',
  '2027-12-31',
  '2028-02-28',
];

test('thousands of expressions come round when somebody who looks at the clock every minute says so', () => {
  const random = seeded();
  let compared = 0;
  for (const zone of places)
    for (const start of stretches) {
      const from = Date.parse(`${start}T12:00:00Z`);
      const to = from + 1.2 * day;
      const minutes = localMinutes(zone, from, to);
      // Where the clock is changed, the rules of above hold; here it is about every other day.
      const changed = minutes.some(({ at, parts }, i) => {
        const before = minutes[i - 1];
        if (before === undefined || at - before.at !== minute) return false;
        const gone =
          (parts[1] as number) * 60 +
          (parts[0] as number) -
          ((before.parts[1] as number) * 60 + (before.parts[0] as number));
        return gone !== 1 && gone !== -1439;
      });
      for (let round = 0; round < 60; round++) {
        const fields = [
          ...[field(random, 0, 59), field(random, 0, 23), field(random, 1, 31), field(random, 1, 12)],
          field(random, 0, 6),
        ] as [Field, Field, Field, Field, Field];
        const [minutesOf, hours, days, months, weekdays] = fields;
        // Interval jobs follow the clock through its change; fixed times have the rules of above.
        if (changed && !(minutesOf.wild || hours.wild)) continue;
        const text = fields.map((one) => one.text).join(' ');
        const onDay = (d: number, w: number) =>
          // As cron has it: where both are restricted, either is enough.
          days.text !== '*' && weekdays.text !== '*'
            ? days.has(d) || weekdays.has(w)
            : days.has(d) && weekdays.has(w);
        const expected = minutes
          .filter(
            ({ parts: [mi, h, d, mo, w] }) =>
              minutesOf.has(mi as number) &&
              hours.has(h as number) &&
              months.has(mo as number) &&
              onDay(d as number, w as number),
          )
          .map(({ at }) => at);
        const most = 120;
        const found: number[] = [];
        let recurrence: ReturnType<typeof cronCalendar.read>;
        try {
          recurrence = cronCalendar.read(text, zone);
        } catch (error) {
          assert.match((error as Error).message, /no such day/, text);
          continue;
        }
        for (
          let at = recurrence.next(from - 1);
          at !== undefined && at < to && found.length < most;
          at = recurrence.next(at)
        )
          found.push(at);
        assert.deepEqual(
          found,
          expected.slice(0, most),
          `${text} in ${zone} from ${start} (WHERRY_FUZZ_SEED=${seed})`,
        );
        // The same from wherever one begins to look.
        const after = from + Math.floor(random() * day);
        const next = recurrence.next(after);
        if (next !== undefined && next < to)
          assert.equal(
            next,
            expected.find((at) => at > after),
            `${text} in ${zone} after ${after} (WHERRY_FUZZ_SEED=${seed})`,
          );
        compared += 1;
      }
    }
  assert.ok(compared > 1_000, `${compared}`);
});
