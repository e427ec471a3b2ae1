import { type Column, emptyColumn, mapColumn, mapColumns, put, unite } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import { noLabels, withoutName } from '../evaluation/label-set.ts';
import { select } from '../evaluation/selection.ts';
import { timeOf } from '../evaluation/steps.ts';
import { bare, type CallNode, type Node } from '../language/tree.ts';
import { absent, absentOverTime } from './absence.ts';
import { larger, roundTo, simpleFunctions, smaller } from './arithmetic.ts';
import { calendarFunctions } from './calendar.ts';
import { histogramQuantile } from './histogram.ts';
import { joinLabels, replaceLabel } from './labels.ts';
import { evaluateRanged } from './ranged.ts';
import { sorted } from './sorting.ts';

type Work = (value: number, step: number) => number | undefined;

/** A function that gives an instant vector. */
export async function evaluateCall(node: CallNode, context: Context): Promise<Column[]> {
  const { name, args } = node;
  const [first, second] = args;
  const simple = simpleFunctions[name] ?? calendarFunctions[name];
  if (simple) return each(first ? await context.vector(first) : [timeColumn(context)], context, simple);
  if (!first) return [];
  switch (name) {
    case 'round':
    case 'clamp':
    case 'clamp_min':
    case 'clamp_max':
      return each(await context.vector(first), context, await bounded(node, context));
    case 'vector':
      return [constant(await context.scalar(first))];
    case 'timestamp':
      return timestamp(bare(first), context);
    case 'absent':
      return absent(bare(first), context);
    case 'sort':
    case 'sort_desc':
      return sorted(await context.vector(first), name === 'sort_desc');
    case 'label_replace':
      return replaceLabel(await context.vector(first), texts(args), context.pace);
    case 'label_join':
      return joinLabels(await context.vector(first), texts(args), context.pace);
    case 'histogram_quantile':
      return second
        ? histogramQuantile(await context.scalar(first), await context.vector(second), context.pace)
        : [];
    case 'absent_over_time': {
      const range = bare(first);
      return range.kind === 'range' || range.kind === 'subquery' ? absentOverTime(range, context) : [];
    }
    default: {
      const ranged = await evaluateRanged(node, context);
      // The parser lets no other name through.
      if (!ranged) throw new Error(`the function ${name} has a signature and no meaning`);
      return ranged;
    }
  }
}

/** Applies work to every value; the result is of another kind, so the metric's name goes. */
async function each(columns: readonly Column[], { pace }: Context, work: Work): Promise<Column[]> {
  return unite(
    await mapColumns(columns, pace, (column) => mapColumn(column, withoutName(column.labels), work)),
    pace,
  );
}

async function bounded({ name, args }: CallNode, context: Context): Promise<Work> {
  const [, one, other] = args;
  const first = one ? await context.scalar(one) : new Float64Array(context.steps.count).fill(1);
  const second = other ? await context.scalar(other) : first;
  const limit = (step: number): number => first[step] ?? 0;
  switch (name) {
    case 'round':
      return (value, step) => roundTo(value, limit(step));
    case 'clamp_min':
      return (value, step) => larger(limit(step), value);
    case 'clamp_max':
      return (value, step) => smaller(limit(step), value);
    default:
      return (value, step) => {
        const most = second[step] ?? 0;
        return most < limit(step) ? undefined : larger(limit(step), smaller(most, value));
      };
  }
}

async function timestamp(of: Node, context: Context): Promise<Column[]> {
  if (of.kind === 'selector') {
    const times = await select(of, context, 'time');
    return each(times, context, (seconds) => seconds);
  }
  return each(await context.vector(of), context, (_, step) => timeOf(context.steps, step) / 1000);
}

const timeColumn = ({ steps }: Context): Column =>
  constant(timesOf(steps.count, (step) => timeOf(steps, step) / 1000));

export const timesOf = (count: number, time: (step: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, step) => time(step));

function constant(values: Float64Array): Column {
  const column = emptyColumn(noLabels, values.length);
  values.forEach((value, step) => {
    put(column, step, value);
  });
  return column;
}

const texts = (args: readonly Node[]): string[] =>
  args.slice(1).map((arg) => {
    const inner = bare(arg);
    return inner.kind === 'string' ? inner.value : '';
  });
