import type { LabelMatcher } from '@wherry/core/metric';
import type { MetricQuery } from '@wherry/core/ports/metric-history';
import { checkSeriesCount, type Pace } from '../evaluation/pace.ts';
import { testOf } from './matchers.ts';
import type { ReadableHistory } from './reading.ts';

const isPattern = ({ is }: LabelMatcher): boolean => is === '=~' || is === '!~';

/** More values than this are not listed: all are read, and left out afterwards. */
const mostListed = 1_000;

/**
 * The query with each regular expression replaced by the values that it takes, as an alternation of plain texts: a store may
 * run those in any engine. No pattern of a stranger reaches one that can be made to backtrack. Undefined where nothing matches.
 */
export async function narrowed(
  history: ReadableHistory,
  query: MetricQuery,
  pace: Pace,
): Promise<MetricQuery | undefined> {
  const patterns = query.matchers.filter(isPattern);
  if (patterns.length === 0) return query;
  const plain = query.matchers.filter((matcher) => !isPattern(matcher));
  const series = await history.series({ ...query, matchers: plain });
  pace.look();
  checkSeriesCount(series.length);
  const tests = patterns.map(({ label, ...rest }) => ({ label, test: testOf({ label, ...rest }) }));
  const values = new Map(patterns.map(({ label }) => [label, new Set<string>()]));
  for (const { name, labels } of series) {
    const valueOf = (label: string): string =>
      label === '__name__' ? name : Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
    if (pace.toil(200)) await pace.rest();
    if (!tests.every(({ label, test }) => test(valueOf(label)))) continue;
    for (const [label, known] of values) known.add(valueOf(label));
  }
  if ([...values.values()].some((known) => known.size === 0)) return undefined;
  const listed = [...values].filter(([, known]) => known.size <= mostListed);
  return {
    ...query,
    matchers: [...plain, ...listed.map(([label, known]) => alternation(label, [...known]))],
  };
}

function alternation(label: string, values: readonly string[]): LabelMatcher {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return { label, is: '=', value: only };
  return {
    label,
    is: '=~',
    value: values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
  };
}
