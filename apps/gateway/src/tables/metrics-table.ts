import { WherryError } from '@wherry/core/errors';
import type { MatrixResult } from '@wherry/core/ports/queries';
import type { Row, Table } from '@wherry/core/table';
import { visibleHistory } from '@wherry/engine/metrics/visible-history';
import type { TableWish } from './source.ts';

const hourMs = 3_600_000;
/** Points that a chart has. */
const usualPoints = 240;
const deadlineMs = 30_000;
const pageRows = 1_000;
/** What a spreadsheet takes. */
const mostLabels = 1_000;

/** What a query gives over a time: a row for each point of each series, a column for each label. */
export async function metricsTable(wish: TableWish): Promise<Table> {
  const { platform, filters, viewer, now, signal } = wish;
  const { history, queries } = platform.parts;
  const { query, until = now, since = until - hourMs } = filters;
  if (query === undefined)
    throw new WherryError('bad_query', 'query: missing; the table of metrics is what a query gives', {
      component: 'gateway',
    });
  const stepMs = filters.step ?? Math.max(10_000, Math.ceil((until - since) / usualPoints / 1_000) * 1_000);
  const source = visibleHistory(history, viewer.may, viewer.everything);
  const range = { text: query, start: Math.round(since), end: Math.round(until), stepMs };
  const { result } = await queries.range(source, range, { signal, deadlineMs });
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  if (labels.length > mostLabels)
    throw new WherryError('query_too_large', `more than ${mostLabels} labels`, { component: 'gateway' });
  return {
    name: 'metrics',
    columns: [
      { name: 'at', kind: 'time' },
      ...labels.map((name) => ({
        name: name === 'at' || name === 'value' ? `label ${name}` : name,
        kind: 'text' as const,
      })),
      { name: 'value', kind: 'number' },
    ],
    pages: pages(result, labels),
  };
}

async function* pages(
  result: MatrixResult['result'],
  labels: readonly string[],
): AsyncGenerator<readonly Row[]> {
  for (const { metric, values } of result) {
    const texts = labels.map((label) => metric[label]);
    for (let at = 0; at < values.length; at += pageRows)
      yield values
        .slice(at, at + pageRows)
        .map(([seconds, value]) => [Math.round(seconds * 1000), ...texts, numberOf(value)]);
  }
}

function numberOf(text: string): number {
  return text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text);
}
