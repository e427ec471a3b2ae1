import type { ChartSpec } from './chart-panel.tsx';
import { type Row, rowName, type Series, valuesOn } from './series.ts';
import type { Grid } from './span.ts';

/** The lines of a chart, out of what its queries answered: those of which something is known, each by a name of its own. */
export function seriesIn(
  spec: ChartSpec,
  grid: Grid,
  rows: readonly (readonly Row[])[] | undefined,
): readonly Series[] {
  const all = (rows ?? []).flatMap((of, i) => {
    const query = spec.queries[i];
    return of.map((row): Series => {
      // Nothing tells it from others: it is called by its query.
      const labels = rowName(row, query?.legend);
      const name = labels === '{}' ? (query?.text ?? labels) : labels;
      const tone = query?.tone ?? spec.tones?.[name];
      return { name, values: valuesOn(grid, row), ...(tone === undefined ? {} : { tone }) };
    });
  });
  const known = all.filter(({ values }) => values.some((value) => value !== null));
  return unique(known);
}

/** Two lines of one name are told apart by a number. */
function unique(all: readonly Series[]): readonly Series[] {
  const seen = new Map<string, number>();
  return all.map((one) => {
    const times = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, times);
    return times === 1 ? one : { ...one, name: `${one.name} (${times})` };
  });
}

/** The period before has a step more or less at times; it stands below the one that is shown, from the left. */
export function aligned(all: readonly Series[], grid: Grid): readonly Series[] {
  return all.map((one) => ({ ...one, values: grid.times.map((_, i) => one.values[i] ?? null) }));
}
