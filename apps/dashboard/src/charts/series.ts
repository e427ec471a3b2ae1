import type { Client } from '@wherry/wire/client';
import type { Grid } from './span.ts';

/** The values of one line, one for each time of the grid; null where nothing is known. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** What it always looks like, as `ok`; else the next of the hues. */
  readonly tone?: string;
}

/** How lines that don't fit in come together: calls add up, percentiles don't. */
export type Together = 'sum' | 'mean';

export const mostSeries = 5;

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

/** The largest five, and one for all others. */
export function topSeries(all: readonly Series[], together: Together): readonly Series[] {
  if (all.length <= mostSeries) return all;
  const bySize = [...all].sort((a, b) => (stats(b).mean ?? 0) - (stats(a).mean ?? 0));
  const top = new Set(bySize.slice(0, mostSeries - 1));
  const rest = all.filter((one) => !top.has(one));
  const values = (rest[0]?.values ?? []).map((_, i) => {
    const here = rest.map((one) => one.values[i] ?? null).filter((value) => value !== null);
    if (here.length === 0) return null;
    const sum = here.reduce((a, b) => a + b, 0);
    return together === 'sum' ? sum : sum / here.length;
  });
  const how = together === 'sum' ? '' : ', their mean';
  return [
    ...all.filter((one) => top.has(one)),
    { name: `${rest.length} others${how}`, values, tone: 'neutral' },
  ];
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
