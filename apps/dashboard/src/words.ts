const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Milliseconds as people, and the command line, say them: 850 ms, 2.4 s, 3 min 10 s, 1 h 5 min, 2 d 3 h. */
export function duration(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (Math.round(ms) < secondMs) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 100) * 100 < minuteMs) return `${Number((ms / secondMs).toFixed(1))} s`;
  const seconds = Math.round(ms / secondMs) * secondMs;
  if (seconds < hourMs) return inTwo(seconds, [minuteMs, 'min'], [secondMs, 's']);
  const minutes = Math.round(ms / minuteMs) * minuteMs;
  if (minutes < dayMs) return inTwo(minutes, [hourMs, 'h'], [minuteMs, 'min']);
  return inTwo(Math.round(ms / hourMs) * hourMs, [dayMs, 'd'], [hourMs, 'h']);
}

/** In a unit and the next smaller one, which goes without saying where nothing is left. */
function inTwo(
  ms: number,
  [large, name]: readonly [number, string],
  [small, rest]: readonly [number, string],
): string {
  const left = Math.round((ms % large) / small);
  return `${Math.floor(ms / large)} ${name}${left === 0 ? '' : ` ${left} ${rest}`}`;
}

/** The same in one unit, for times that are far enough: 12 s, 5 min, 3 h, 2 days. */
function roughly(ms: number): string {
  if (ms < minuteMs) return `${Math.round(ms / secondMs)} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.floor(ms / dayMs)} days`;
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
