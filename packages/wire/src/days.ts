/**
 * A moment of a day such as `2026-01-31` as a place has it, in milliseconds since 1970; undefined where `text` is none, or where the place left
 * that day out. `zone`: one that this machine knows.
 */
export function momentOfDay(text: string, zone: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const noon = Date.parse(`${text}T12:00:00Z`);
  if (Number.isNaN(noon)) return undefined;
  // Places are up to 14 hours ahead: one of these falls on that day anywhere.
  const half = 12 * 3_600_000;
  return [noon, noon - half, noon + half].find((moment) => dayAt(moment, zone) === text);
}

function dayAt(moment: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', {
    ...{ timeZone, calendar: 'iso8601', year: 'numeric', month: '2-digit', day: '2-digit' },
  }).formatToParts(moment);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}
