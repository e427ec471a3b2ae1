import { refused } from '../refusal.ts';

const units: readonly (readonly [string, number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/** A century: as far as anybody looks back, and far from where sums of times lose milliseconds. */
export const longestMs = 100 * 365 * 86_400_000;

/** Milliseconds of `1h30m`. Units go from large to small, each once at most. */
export function parseDuration(written: string, text: string, at: number): number {
  let total = 0;
  let last = -1;
  for (const [, digits, unit] of written.matchAll(/([0-9]+)([a-z]+)/g)) {
    const rank = units.findIndex(([name]) => name === unit);
    if (rank <= last)
      throw refused(
        text,
        at,
        `"${written}" is not a valid duration`,
        'Write units from large to small, each once: 1h30m.',
      );
    last = rank;
    total += Number(digits) * (units[rank]?.[1] ?? 0);
  }
  return within(total, text, at);
}

/** A number that stands for a duration counts seconds. */
export const secondsToMs = (seconds: number, text: string, at: number): number =>
  within(Math.round(seconds * 1000), text, at);

function within(ms: number, text: string, at: number): number {
  if (ms > longestMs)
    throw refused(text, at, 'the duration is out of range', 'A hundred years are the most.');
  return ms;
}
