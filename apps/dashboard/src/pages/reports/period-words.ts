import type { ReportInfo } from '@wherry/wire/reports';
import { compact } from '../../words.ts';

export const lengths = ['day', 'week', 'month'] as const;
export type Length = (typeof lengths)[number];
export const adverbs: Readonly<Record<Length, string>> = { day: 'Daily', week: 'Weekly', month: 'Monthly' };

type Dated = Pick<ReportInfo, 'every' | 'zone' | 'from' | 'to'>;

/** A period as people of its zone call it: 26 November 2026, 23 to 29 November 2026, November 2026. */
export function periodName({ every, zone, from, to }: Dated): string {
  const said = (time: number, of: Intl.DateTimeFormatOptions): string =>
    new Date(time).toLocaleDateString('en-GB', { timeZone: zone, ...of });
  const first = Date.parse(from);
  if (every === 'month') return said(first, { month: 'long', year: 'numeric' });
  const whole = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  if (every === 'day') return said(first, { weekday: 'long', ...whole });
  return `${said(first, { day: 'numeric', month: 'long' })} to ${said(Date.parse(to) - 1, whole)}`;
}

export const reportTitle = (report: Dated): string =>
  `${adverbs[report.every]} report: ${periodName(report)}`;

/** A moment on a day of a zone, whatever its distance from Greenwich; undefined where the text is no day. */
export function momentOn(day: string, zone: string): string | undefined {
  const hours = ['12:00', '00:00', '23:59'].map((time) => `${day}T${time}:00Z`);
  return hours.find((time) => Number.isFinite(Date.parse(time)) && dayIn(zone, time) === day);
}

function dayIn(zone: string, time: string): string {
  // This locale writes days as the field for dates does.
  return new Date(time).toLocaleDateString('sv-SE', { timeZone: zone });
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function isZone(text: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** An amount that is paid for: small ones have their digits, too. */
export function amount(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(3))) : compact(value);
}

/** How much more or less, as `+12 %`; nothing where there was nothing to compare with. */
export function changeText(now: number | undefined, before: number | undefined): string {
  if (now === undefined || before === undefined || before === 0)
    return now !== undefined && now > 0 ? 'new' : '';
  const percent = Math.round((100 * (now - before)) / before);
  return percent === 0 ? '±0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}
