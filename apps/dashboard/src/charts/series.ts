import type { Client } from '@wherry/wire/client';
import type { Grid } from './span.ts';

/** The values of one line, one for each time of the grid; null where nothing is known. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** What it always looks like, as `ok`; else the next of the hues. */
  readonly tone?: string;
}

export const mostSeries = 5;
/** Where all are asked for. A browser draws more, and nobody tells them apart. */
export const mostLines = 30;

export type Row = Awaited<ReturnType<Client['queryRange']>>['result'][number];

/** The samples of a row at the times of the grid. */
export function valuesOn({ times, stepMs }: Grid, { values }: Row): readonly (number | null)[] {
  const found: (number | null)[] = times.map(() => null);
  const [first = 0] = times;
  for (const [seconds, text] of values) {
    const at = Math.round((seconds * 1000 - first) / stepMs);
    if (at >= 0 && at < found.length) found[at] = numberOf(text);
  }
  return found;
}

/** What is no number is a gap. */
function numberOf(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The labels of a row in one line; `{}` has none. */
export function rowName({ metric }: Row, legend?: string): string {
  if (legend !== undefined)
    return legend.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, label: string) => metric[label] ?? '');
  const { __name__: name = '', ...labels } = metric;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 && name !== '' ? name : `${name}{${pairs.join(', ')}}`;
}

/** What is drawn of many lines, and how many are not lines of their own. */
export interface Few {
  readonly drawn: readonly Series[];
  readonly left: number;
  /** The name of the line that is their sum. */
  readonly sum?: string;
}

/** The largest five; or four and the sum of all others, where they add up to something. Percentiles and levels don't. */
export function topSeries(all: readonly Series[], addUp: boolean): Few {
  if (all.length <= mostSeries) return { drawn: all, left: 0 };
  const largest = largestOf(all, addUp ? mostSeries - 1 : mostSeries);
  const rest = all.filter((one) => !largest.includes(one));
  if (!addUp) return { drawn: largest, left: rest.length };
  const sum = `${rest.length} others, their sum`;
  return { drawn: [...largest, sumOf(sum, rest)], left: rest.length, sum };
}

/** The period before of what is drawn now: line for line, and what has none of its own in the sum, where there is one. */
export function pastOf(
  now: readonly Series[],
  before: readonly Series[],
  sum: string | undefined,
): readonly Series[] {
  const names = new Set(now.map(({ name }) => name));
  const rest = before.filter(({ name }) => !names.has(name));
  const known = before.filter(({ name }) => names.has(name));
  return sum === undefined || rest.length === 0 ? known : [...known, sumOf(sum, rest)];
}

function sumOf(name: string, all: readonly Series[]): Series {
  const values = (all[0]?.values ?? []).map((_, i) => {
    const here = all.map((one) => one.values[i] ?? null).filter((value) => value !== null);
    return here.length === 0 ? null : here.reduce((a, b) => a + b, 0);
  });
  return { name, values, tone: 'neutral' };
}

/** In the order that they have. */
export function largestOf(all: readonly Series[], most: number): readonly Series[] {
  if (all.length <= most) return all;
  const size = new Map(all.map((one) => [one, stats(one).mean ?? 0]));
  const top = new Set([...all].sort((a, b) => (size.get(b) ?? 0) - (size.get(a) ?? 0)).slice(0, most));
  return all.filter((one) => top.has(one));
}

export interface Stats {
  readonly now: number | null;
  readonly mean: number | null;
  readonly max: number | null;
}

export function stats({ values }: Pick<Series, 'values'>): Stats {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { now: null, mean: null, max: null };
  return {
    now: values.at(-1) ?? values.at(-2) ?? null,
    mean: known.reduce((a, b) => a + b, 0) / known.length,
    max: known.reduce((a, b) => Math.max(a, b)),
  };
}

/** Each on top of those before it; a gap is where all of them have one. */
export function stacked(all: readonly Series[]): readonly (readonly (number | null)[])[] {
  const length = all[0]?.values.length ?? 0;
  const sums: (number | null)[] = Array<number | null>(length).fill(null);
  const known = Array.from({ length }, (_, i) => all.some(({ values }) => values[i] !== null));
  return all.map(({ values }) => {
    for (let i = 0; i < length; i++) if (known[i]) sums[i] = (sums[i] ?? 0) + (values[i] ?? 0);
    return [...sums];
  });
}
