import type {
  InstantQuery,
  MatrixResult,
  Patience,
  QueryResult,
  RangeQuery,
  SeriesSource,
} from '@wherry/core/ports/queries';
import { bounds } from './bounds.ts';
import { matrixResult, pointAt, vectorResult } from './answer/result.ts';
import { Room } from './answer/room.ts';
import { emptyColumn, put } from './evaluation/column.ts';
import type { Context } from './evaluation/context.ts';
import { contextFor } from './evaluation/evaluate.ts';
import { noLabels } from './evaluation/label-set.ts';
import { Pace } from './evaluation/pace.ts';
import { readTracks, slide, type Window } from './evaluation/windows.ts';
import { metricOf, type MatrixSeries } from './answer/result.ts';
import { parseQuery } from './language/parser.ts';
import { bare, type Node } from './language/tree.ts';
import { inWords, typeOf } from './language/types.ts';
import { refusedParameter } from './refusal.ts';

/**
 * What a query gives at one moment.
 * @throws `query_refused`, `query_failed`, `query_too_large`, `query_out_of_time`, `query_abandoned`, and what the history throws
 */
export async function instantQuery(
  history: SeriesSource,
  query: InstantQuery,
  patience: Patience = {},
): Promise<QueryResult> {
  const { at } = query;
  checkTime(at, 'time');
  const node = parseQuery(query.text);
  const pace = new Pace(patience.signal, patience.deadlineMs);
  pace.look();
  const context = contextFor(history, pace, { start: at, stepMs: 1, count: 1 });
  switch (typeOf(node)) {
    case 'scalar':
      return { resultType: 'scalar', result: pointAt(at, (await context.scalar(node))[0] ?? 0) };
    case 'string':
      return { resultType: 'string', result: [at / 1000, stringOf(node)] };
    case 'matrix':
      return { resultType: 'matrix', result: await samplesOf(node, context) };
    case 'vector':
      return vectorResult(await context.vector(node), at, pace);
  }
}

/**
 * What a query gives at every step from the start to the end: always a matrix.
 * @throws as `instantQuery` does
 */
export async function rangeQuery(
  history: SeriesSource,
  query: RangeQuery,
  patience: Patience = {},
): Promise<MatrixResult> {
  const { start, end, stepMs } = query;
  checkTime(start, 'start');
  checkTime(end, 'end');
  if (end < start) throw refusedParameter('The end is before the start', 'Exchange the two.');
  if (!Number.isSafeInteger(stepMs) || stepMs <= 0)
    throw refusedParameter(
      'The step is no duration greater than 0',
      'Give whole milliseconds, such as step=15s.',
    );
  const count = Math.floor((end - start) / stepMs) + 1;
  if (count > bounds.points + 1)
    throw refusedParameter(
      `${count.toLocaleString('en')} points for each series are more than ${bounds.points.toLocaleString('en')}`,
      'Take a longer step.',
    );
  const node = parseQuery(query.text);
  const type = typeOf(node);
  if (type !== 'scalar' && type !== 'vector')
    throw refusedParameter(
      `The query gives ${inWords(type)}, and a range query needs a scalar or an instant vector`,
      type === 'string'
        ? 'A text has no course over time: ask for it without a range.'
        : 'Put a function around it, such as rate(…).',
    );
  const pace = new Pace(patience.signal, patience.deadlineMs);
  pace.look();
  const steps = { start, stepMs, count };
  const context = contextFor(history, pace, steps);
  if (type === 'vector') return matrixResult(await context.vector(node), steps, pace);
  const column = emptyColumn(noLabels, count);
  (await context.scalar(node)).forEach((value, step) => {
    put(column, step, value);
  });
  return matrixResult([column], steps, pace);
}

/** The samples of a range vector as they are. */
async function samplesOf(node: Node, context: Context): Promise<MatrixSeries[]> {
  const range = bare(node);
  if (range.kind !== 'range' && range.kind !== 'subquery') return [];
  const series: MatrixSeries[] = [];
  const tracks = await readTracks(range, context);
  const room = new Room();
  for (const track of tracks) {
    const window: Window = { first: 0, end: 0, from: 0, to: 0 };
    slide(window, track, context.steps.start);
    room.takeLabels(track.labels);
    room.take(window.end - window.first);
    const times = [...track.times.subarray(window.first, window.end)];
    const values = times.map((time, index) => pointAt(time, track.values[window.first + index] ?? 0));
    if (values.length > 0) series.push({ metric: metricOf(track.labels), values });
    if (context.pace.toil(values.length)) await context.pace.rest();
  }
  return series;
}

function stringOf(node: Node): string {
  const inner = bare(node);
  return inner.kind === 'string' ? inner.value : '';
}

/** As far as a date goes in JavaScript. */
function checkTime(ms: number, name: string): void {
  if (!Number.isSafeInteger(ms) || Math.abs(ms) > 8.64e15)
    throw refusedParameter(
      `${name} is no time`,
      'Give seconds since 1970, or a time as 2026-01-31T12:00:00Z.',
    );
}
