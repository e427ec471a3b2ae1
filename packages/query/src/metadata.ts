import type { MetadataQuery, Patience, SeriesSource } from '@wherry/core/ports/queries';
import { keyOf, orderOf, isLabelName, labelSet, type LabelSet } from './evaluation/label-set.ts';
import { ordered } from './evaluation/ordering.ts';
import { checkSeriesCount, Pace, seriesToil } from './evaluation/pace.ts';
import { narrowed } from './history/narrowing.ts';
import { metricOf } from './answer/result.ts';
import { parseQuery } from './language/parser.ts';
import type { SelectorNode } from './language/tree.ts';
import { refusedParameter } from './refusal.ts';

/**
 * What `/api/v1/series` gives.
 * @throws `query_refused` where there is no selector; and as `instantQuery` does
 */
export async function seriesOf(
  history: SeriesSource,
  query: MetadataQuery,
  patience: Patience = {},
): Promise<readonly Readonly<Record<string, string>>[]> {
  if (query.matches.length === 0)
    throw refusedParameter('There is no match[]', 'Give at least one selector.');
  return (await labelSets(history, query, patience)).map(metricOf);
}

/** What `/api/v1/labels` gives: the names of labels, in their order. */
export async function labelNamesOf(
  history: SeriesSource,
  query: MetadataQuery,
  patience: Patience = {},
): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const labels of await labelSets(history, query, patience))
    for (const name of labels.keys()) names.add(name);
  return [...names].sort();
}

/** What `/api/v1/label/NAME/values` gives. */
export async function labelValuesOf(
  history: SeriesSource,
  label: string,
  query: MetadataQuery,
  patience: Patience = {},
): Promise<readonly string[]> {
  if (!isLabelName(label)) throw refusedParameter(`${JSON.stringify(label)} is no name of a label`);
  const values = new Set<string>();
  for (const labels of await labelSets(history, query, patience)) {
    const value = labels.get(label);
    if (value !== undefined) values.add(value);
  }
  return [...values].sort();
}

async function labelSets(
  history: SeriesSource,
  { matches, from, to }: MetadataQuery,
  { signal, deadlineMs }: Patience,
): Promise<LabelSet[]> {
  const pace = new Pace(signal, deadlineMs);
  pace.look();
  const selections = matches.length === 0 ? [[]] : matches.map((text) => selectorOf(text).matchers);
  const found = new Map<string, LabelSet>();
  for (const matchers of selections) {
    const query = await narrowed(history, { matchers, from, to }, pace);
    if (query === undefined) continue;
    for (const { name, labels } of await history.series(query)) {
      const set = labelSet([...Object.entries(labels), ['__name__', name]]);
      found.set(keyOf(set), set);
      if (pace.toil(seriesToil)) await pace.rest();
    }
    checkSeriesCount(found.size);
  }
  return ordered([...found.values()], orderOf, pace);
}

function selectorOf(text: string): SelectorNode {
  const node = parseQuery(text);
  if (node.kind !== 'selector' || node.offsetMs !== 0)
    throw refusedParameter(
      `${JSON.stringify(text.slice(0, 60))} is no selector`,
      'Write it as name{label="value"}.',
    );
  return node;
}
