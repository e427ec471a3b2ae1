import type { ScheduleInfo } from '@wherry/wire/schedules';

const day = 86_400_000;

/** A moment in plain words and as this machine's clock shows it: `today 14:05`, `tomorrow 09:00`, `Fri 09:00`, `2027-01-01 00:00`. */
export function moment(at: number, now: number): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = time.getSeconds() === 0 ? '' : `:${two(time.getSeconds())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}${seconds}`;
  const days = Math.round((midnight(at) - midnight(now)) / day);
  if (days === 0) return `today ${clock}`;
  if (days === 1) return `tomorrow ${clock}`;
  if (days === -1) return `yesterday ${clock}`;
  if (days > 1 && days < 7) return `${time.toLocaleDateString('en', { weekday: 'short' })} ${clock}`;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}

/** A moment as clocks show it in a place: `2026-11-16 00:00`; in UTC, and saying so, where this machine does not know the place. */
export function momentIn(zone: string, at: number): string {
  try {
    return new Date(at).toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  } catch {
    return new Date(at).toISOString();
  }
}

/** The next times of all expressions together; the ones on the same day name it once. */
export function nextTimes({ rules }: ScheduleInfo, now: number, most: number): readonly string[] {
  const times = [...new Set(rules.flatMap(({ next }) => next.map((text) => Date.parse(text))))];
  let before = '';
  return times
    .sort((a, b) => a - b)
    .slice(0, most)
    .map((at) => {
      const text = moment(at, now);
      const on = text.slice(0, text.lastIndexOf(' '));
      const shown = on === before ? text.slice(on.length + 1) : text;
      before = on;
      return shown;
    });
}

/** When the newest call was, and what became of it. */
export function lastRun({ last }: ScheduleInfo, now: number): string {
  if (last === undefined) return 'never';
  const outcome =
    last.state === undefined
      ? ''
      : last.state === 'done'
        ? ` ${last.status ?? 'done'}`
        : ` ${last.state}${last.cause === undefined ? '' : `: ${last.cause}`}`;
  return `${moment(Date.parse(last.slot), now)}${outcome}`;
}

/** Where the day began here; not 24 hours before it ends, on two days of the year. */
function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
