import type { AlertInfo } from '@wherry/wire/alert-lists';
import type { ChartSpec } from '../../charts/chart-panel.tsx';
import { capital } from '../../words.ts';

type Watched = Pick<AlertInfo, 'is' | 'threshold' | 'unit'> & {
  readonly query: string;
  readonly title: string;
};

/** What a rule sees of all that it watches, with the line beyond which it fires. */
export function proofChart({ title, query, is, threshold, unit = 'number' }: Watched): ChartSpec {
  return { title, kind: 'line', unit, queries: [{ text: query }, ...lineAt(is, threshold)] };
}

/** The same of one alert: of all series of the query only the one that it is about. */
export function alertChart(alert: AlertInfo & { readonly query: string }): ChartSpec {
  const { query, series, sentence, is, threshold, unit = 'number' } = alert;
  const legend = series['function_name'] ?? Object.values(series).join(', ');
  return {
    ...{ title: capital(sentence) + untold(sentence, series), kind: 'line', unit },
    queries: [
      { text: queryOfOne(query, series), ...(legend === '' ? { legend: 'value' } : { legend }) },
      ...lineAt(is, threshold),
    ],
  };
}

/** What tells it from other alerts of its rule, where its sentence does not. */
function untold(sentence: string, series: AlertInfo['series']): string {
  const labels = Object.entries(series).map(([name, value]) =>
    name === 'function_name' ? value.replace(/\.[^.]*$/, '') : value,
  );
  const missing = labels.filter((label) => !sentence.includes(label));
  return missing.length === 0 ? '' : ` (${missing.join(', ')})`;
}

function lineAt(is: string | undefined, threshold: number | undefined): ChartSpec['queries'] {
  if (is === 'present' || threshold === undefined) return [];
  return [{ text: `vector(${threshold})`, legend: 'threshold', tone: 'bad' }];
}

/** Only the series of a query that has these labels. Labels of queries of any shape can't be asked for otherwise than beside it. */
export function queryOfOne(query: string, series: AlertInfo['series']): string {
  const labels = Object.entries(series).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
  if (labels.length === 0) return query;
  const one = labels.reduce(
    // In a replacement, a dollar stands for what a pattern found.
    (inner, [name, value]) =>
      `label_replace(${inner}, "${name}", ${JSON.stringify(value.replaceAll('$', '$$$$'))}, "", "")`,
    'vector(1)',
  );
  // Behind a line end: the query may end in a comment.
  return `(${query}\n) and on (${labels.map(([name]) => name).join(', ')}) ${one}`;
}
