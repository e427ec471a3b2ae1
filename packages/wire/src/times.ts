/** RFC 3339 in UTC, with as many digits of the second as there are: Go's RFC3339Nano. A double holds microseconds of today. */
export function rfc3339(ms: number): string {
  const micros = Math.round(ms * 1000);
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros - seconds * 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
}

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Milliseconds since 1970 (with fractions) of an RFC 3339 time; undefined where `text` is none. */
export function parseRfc3339(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const part = (i: number) => Number(match[i] ?? 0);
  const midnight = Date.UTC(part(1), part(2) - 1, part(3));
  // A day that doesn't exist (30 February) comes back as another one.
  if (new Date(midnight).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  if (part(4) > 23 || part(5) > 59 || part(6) > 59 || part(9) > 23 || part(10) > 59) return undefined;
  const offset = (part(9) * 60 + part(10)) * 60_000 * (match[8] === '-' ? -1 : 1);
  const fraction = Number(`0.${match[7] ?? '0'}`) * 1000;
  return midnight + ((part(4) * 60 + part(5)) * 60 + part(6)) * 1000 + fraction - offset;
}
