import type { CallNode } from '../language/tree.ts';
import { bare } from '../language/tree.ts';
import { checkDistinct, type Column, emptyColumn, put } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import { withoutName } from '../evaluation/label-set.ts';
import { timeOf } from '../evaluation/steps.ts';
import { quantileOf } from '../evaluation/sums.ts';
import { readTracks, slide, type Track, type Window } from '../evaluation/windows.ts';
import { growthFunctions, type WindowFunction } from './growth.ts';
import { overTimeFunctions } from './over-time.ts';
import { lineThrough } from './regression.ts';

type SteppedFunction = (track: Track, window: Window, step: number) => number | undefined;

/** A function of a range vector, at every step of every series. */
export async function evaluateRanged(node: CallNode, context: Context): Promise<Column[] | undefined> {
  const work = await functionOf(node, context);
  if (!work) return undefined;
  const range = node.args.map(bare).find((arg) => arg.kind === 'range' || arg.kind === 'subquery');
  if (!range || (range.kind !== 'range' && range.kind !== 'subquery')) return undefined;
  const { name } = node;
  const stat = name === 'max_over_time' ? 'max' : name === 'min_over_time' ? 'min' : undefined;
  const columns: Column[] = [];
  for (const track of await readTracks(range, context, stat)) {
    const labels = name === 'last_over_time' ? track.labels : withoutName(track.labels);
    const column = emptyColumn(labels, context.steps.count);
    if (await fill(column, track, context, work)) columns.push(column);
  }
  await checkDistinct(columns, context.pace);
  return columns;
}

async function fill(
  column: Column,
  track: Track,
  { steps, pace }: Context,
  work: SteppedFunction,
): Promise<boolean> {
  const window: Window = { first: 0, end: 0, from: 0, to: 0 };
  let any = false;
  for (let step = 0; step < steps.count; step += 1) {
    slide(window, track, timeOf(steps, step));
    if (pace.spend(1 + window.end - window.first)) await pace.rest();
    if (window.end === window.first) continue;
    const value = work(track, window, step);
    if (value === undefined) continue;
    put(column, step, value);
    any = true;
  }
  return any;
}

async function functionOf({ name, args }: CallNode, context: Context): Promise<SteppedFunction | undefined> {
  const simple: WindowFunction | undefined = growthFunctions[name] ?? overTimeFunctions[name];
  if (simple) return simple;
  const [first, second] = args;
  switch (name) {
    case 'deriv':
      return (track, window) => lineThrough(track, window, track.times[window.first] ?? 0)?.slope;
    case 'predict_linear': {
      const ahead = second ? await context.scalar(second) : new Float64Array();
      return (track, window, step) => {
        const line = lineThrough(track, window, window.to + track.offsetMs);
        return line && line.slope * (ahead[step] ?? 0) + line.intercept;
      };
    }
    case 'quantile_over_time': {
      const quantile = first ? await context.scalar(first) : new Float64Array();
      return ({ values }, window, step) =>
        quantileOf(quantile[step] ?? 0, values.subarray(window.first, window.end));
    }
    default:
      return undefined;
  }
}
