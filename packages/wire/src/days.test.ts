import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOfDay } from './days.ts';
import { decodeReportWish } from './reports.ts';

const dayIn = (zone: string, moment: number | undefined): string =>
  new Date(moment ?? Number.NaN).toLocaleDateString('sv-SE', { timeZone: zone });

test('a day is that of the place, from the first to the last of the world', () => {
  for (const zone of [
    'UTC',
    'Europe/Berlin',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'Etc/GMT+12',
    'Asia/Kathmandu',
  ])
    for (const day of ['2026-01-01', '2026-03-29', '2026-10-25', '2024-02-29', '2026-12-31'])
      assert.equal(dayIn(zone, momentOfDay(day, zone)), day, zone);
});

test('what is no day is none', () => {
  for (const text of [
    '2026-02-30',
    '2026-13-01',
    '2025-02-29',
    '2026-1-1',
    '20260101',
    '',
    '2026-01-01T00:00:00Z',
    '0000-00-00',
  ])
    assert.equal(momentOfDay(text, 'UTC'), undefined, text);
  assert.equal(momentOfDay('2011-12-30', 'Pacific/Apia'), undefined, 'Samoa left that day out');
});

test('a report is asked for by a day of its zone, or by a time', () => {
  const of = decodeReportWish({ of: '2026-01-01', zone: 'Pacific/Kiritimati' }).of;
  assert.equal(dayIn('Pacific/Kiritimati', of), '2026-01-01');
  assert.equal(decodeReportWish({ of: '2026-01-31T12:00:00Z' }).of, Date.UTC(2026, 0, 31, 12));
  assert.throws(() => decodeReportWish({ of: 'yesterday' }), { message: /no day such as 2026-01-31 in UTC/ });
});
