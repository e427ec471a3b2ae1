/** Milliseconds as people say them: 850 ms, 2.4 s, 3 m 10 s. */
export function duration(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} m ${Math.round((ms % 60_000) / 1000)} s`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}

/** The same in one unit, for times that are far enough: 12 s, 5 m, 3 h, 2 d. */
function roughly(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  return ms < 3_600_000 ? `${Math.floor(ms / 60_000)} m` : duration(ms);
}

export function ago(time: string, now = Date.now()): string {
  const ms = now - Date.parse(time);
  return ms < 1500 ? 'just now' : `${roughly(ms)} ago`;
}

/** How long something goes on that began then. */
export function lasting(time: string, now = Date.now()): string {
  const ms = now - Date.parse(time);
  return ms < 1500 ? 'just now' : `for ${roughly(ms)}`;
}

/** How long it is until a time. */
export function until(time: string, now = Date.now()): string {
  const ms = Date.parse(time) - now;
  return ms < 1000 ? 'now' : `in ${roughly(ms)}`;
}

export const count = (value: number): string => value.toLocaleString('en-US');

/** A number in few characters: 0.2, 1,204, 12.3 k, 4.5 M. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (size < 0.05) return size === 0 ? '0' : '< 0.1';
  if (size < 100) return String(Number(value.toFixed(1)));
  if (size < 10_000) return count(Math.round(value));
  return size < 1e6 ? `${(value / 1e3).toFixed(1)} k` : `${(value / 1e6).toFixed(1)} M`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let left = value / 1024;
  let unit = 0;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${left.toFixed(1)} ${units[unit]}`;
}

/** What is told in the middle of sentences elsewhere, as a sentence of its own. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One word of a shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
