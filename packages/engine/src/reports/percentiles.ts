import type { MetricHistory } from '@wherry/core/ports/metric-history';
import type { Queries, QueryResult } from '@wherry/core/ports/queries';
import type { ReportTotals } from '@wherry/core/report';
import type { Period } from '../periods/periods.ts';

type Percentiles = Pick<ReportTotals, 'p50' | 'p95' | 'p99'>;

const shares = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

const deadlineMs = 30_000;

/** How long calls took in a period, of all together and of each function by its full name, in seconds; out of histograms that add up. */
export async function percentiles(
  { history, queries }: { readonly history: MetricHistory; readonly queries: Queries },
  { from, to }: Period,
  namespace: string | undefined,
): Promise<{ readonly all: Percentiles; readonly byFunction: ReadonlyMap<string, Percentiles> }> {
  // A namespace has letters, digits and "-": nothing that a pattern would take for anything else.
  const whose = namespace === undefined ? '' : `{function_name=~".+[.]${namespace}"}`;
  const grown = `increase(wherry_function_seconds_bucket${whose}[${Math.ceil((to - from) / 1000)}s])`;
  const ask = (share: number, by: string): Promise<QueryResult> =>
    queries.instant(
      history,
      { text: `histogram_quantile(${share}, sum by (${by}) (${grown}))`, at: to },
      { deadlineMs },
    );
  const all: { -readonly [K in keyof Percentiles]: Percentiles[K] } = {};
  const byFunction = new Map<string, Percentiles>();
  for (const [name, share] of shares)
    for (const { value } of valuesIn(await ask(share, 'le'))) all[name] = value;
  for (const { function_name, value } of valuesIn(await ask(0.95, 'le, function_name')))
    byFunction.set(function_name, { p95: value });
  return { all, byFunction };
}

function valuesIn(result: QueryResult): readonly { function_name: string; value: number }[] {
  if (result.resultType !== 'vector') return [];
  return result.result
    .map(({ metric, value }) => ({ function_name: metric['function_name'] ?? '', value: Number(value[1]) }))
    .filter(({ value }) => Number.isFinite(value));
}
