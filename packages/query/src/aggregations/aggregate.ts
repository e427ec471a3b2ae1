import { type Column, emptyColumn, put } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import { greatestOf, leastOf, meanOf, quantileOf, sumOf, varianceOf } from '../evaluation/sums.ts';
import { type AggregationNode, bare } from '../language/tree.ts';
import { atEachStep, type Group, groupsOf } from './groups.ts';
import { ranked } from './ranking.ts';
import { valueCounts } from './value-counts.ts';

type Reduction = (values: Float64Array, step: number) => number;

const reductions: Readonly<Record<string, Reduction>> = {
  sum: sumOf,
  avg: meanOf,
  min: leastOf,
  max: greatestOf,
  count: (values) => values.length,
  group: () => 1,
  stddev: (values) => Math.sqrt(varianceOf(values)),
  stdvar: varianceOf,
};

export async function aggregate(node: AggregationNode, context: Context): Promise<Column[]> {
  const { name, of, parameter, grouping } = node;
  const groups = await groupsOf(await context.vector(of), grouping, context.pace);
  const simple = reductions[name];
  if (simple) return reduced(groups, context, simple);
  if (name === 'count_values') {
    const label = parameter && bare(parameter);
    return valueCounts(groups, label?.kind === 'string' ? label.value : '', context);
  }
  const numbers = parameter ? await context.scalar(parameter) : new Float64Array();
  if (name === 'quantile')
    return reduced(groups, context, (values, step) => quantileOf(numbers[step] ?? 0, values));
  return ranked(groups, numbers, name === 'topk', context);
}

async function reduced(
  groups: readonly Group[],
  { pace, steps }: Context,
  work: Reduction,
): Promise<Column[]> {
  const made: Column[] = [];
  for (const group of groups) {
    const column = emptyColumn(group.labels, steps.count);
    await atEachStep(group, steps.count, pace, (step, values) => {
      put(column, step, work(values, step));
    });
    made.push(column);
  }
  return made;
}
