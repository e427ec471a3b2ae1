import { lookbackMs } from '../bounds.ts';
import { readSeries, windowOf, type Samples } from '../history/reading.ts';
import type { SelectorNode } from '../language/tree.ts';
import { type Column, emptyColumn, put } from './column.ts';
import type { Context } from './context.ts';
import { seriesToil } from './pace.ts';
import { endOf, timeOf } from './steps.ts';

/** What a sample gives at a step: its value, or its time in seconds. */
export type Reading = 'value' | 'time';

/** The newest sample of each series at every step, unless it is older than the lookback or the series has ended. */
export async function select(
  node: SelectorNode,
  context: Context,
  reading: Reading = 'value',
): Promise<Column[]> {
  const { history, pace, steps } = context;
  const wanted = {
    matchers: node.matchers,
    from: steps.start - node.offsetMs,
    to: endOf(steps) - node.offsetMs,
    windowMs: lookbackMs,
    leastSamples: 2,
    // A step that passes several samples sees no more of them than a coarser level has.
    coarsestMs: steps.count > 1 ? steps.stepMs : undefined,
  };
  const columns: Column[] = [];
  for (const samples of await readSeries(history, wanted, pace)) {
    const column = emptyColumn(samples.labels, steps.count);
    const lookback = windowOf(wanted, samples.everyMs);
    if (fill(column, samples, context, node.offsetMs, lookback, reading)) columns.push(column);
    if (pace.spend(steps.count) || pace.toil(seriesToil)) await pace.rest();
  }
  return columns;
}

function fill(
  column: Column,
  { times, values }: Samples,
  { steps }: Context,
  offsetMs: number,
  lookback: number,
  reading: Reading,
): boolean {
  let next = 0;
  let any = false;
  for (let step = 0; step < steps.count; step += 1) {
    const at = timeOf(steps, step) - offsetMs;
    while (next < times.length && (times[next] ?? 0) <= at) next += 1;
    if (next === 0) continue;
    const time = times[next - 1] ?? 0;
    const value = values[next - 1] ?? 0;
    if (time <= at - lookback || Number.isNaN(value)) continue;
    put(column, step, reading === 'value' ? value : time / 1000);
    any = true;
  }
  return any;
}
