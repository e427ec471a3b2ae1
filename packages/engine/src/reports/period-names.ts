import type { ReportLength } from '@wherry/core/report';
import type { Period } from '../periods/periods.ts';

const dayMs = 86_400_000;

/** A period as part of a name: `2026-11-26`, `2026-w48`, `2026-11`. */
export function periodName(every: ReportLength, zone: string, { from }: Period): string {
  const date = dateIn(zone, from);
  if (every === 'day') return date;
  return every === 'month' ? date.slice(0, 7) : weekName(date);
}

/** A period for people: `26 November 2026`, `week 48 of 2026, from 23 November`, `November 2026`. */
export function periodTitle(every: ReportLength, zone: string, period: Period): string {
  const said = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(period.from);
  if (every === 'month') return said({ month: 'long', year: 'numeric' });
  if (every === 'day') return said({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const [year, week] = weekName(dateIn(zone, period.from)).split('-w');
  return `week ${Number(week)} of ${year}, from ${said({ day: 'numeric', month: 'long' })}`;
}

/** A moment as a clock there shows it: `2026-11-26 09:05`. */
export function momentIn(zone: string, at: number): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  return `${dateIn(zone, at)} ${time.format(at)}`;
}

function dateIn(zone: string, at: number): string {
  const part = { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const parts = new Intl.DateTimeFormat('en-GB', part).formatToParts(at);
  const of = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`;
}

/** Of ISO 8601: a week belongs to the year of its Thursday. */
function weekName(date: string): string {
  const thursday = Date.parse(`${date}T00:00:00Z`) + 3 * dayMs;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * dayMs)) + 1;
  return `${year}-w${String(week).padStart(2, '0')}`;
}
