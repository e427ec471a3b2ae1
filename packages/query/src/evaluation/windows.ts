import { readSeries, windowOf } from '../history/reading.ts';
import type { Node, RangeNode, SubqueryNode } from '../language/tree.ts';
import { bounds } from '../bounds.ts';
import { tooLarge } from '../refusal.ts';
import type { Context } from './context.ts';
import type { LabelSet } from './label-set.ts';
import { endOf, type Steps, timeOf } from './steps.ts';

/** A series of a range vector: all of its samples that any step looks at. None of them stands for an end. */
export interface Track {
  readonly labels: LabelSet;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** How far each step looks back; more than `askedMs` where history is coarse. */
  readonly windowMs: number;
  readonly askedMs: number;
  readonly offsetMs: number;
}

/** What one step sees of a track: samples `first` up to, not including, `end`, from after `from` to `to`. */
export interface Window {
  first: number;
  end: number;
  from: number;
  to: number;
}

export type RangedNode = RangeNode | SubqueryNode;

/** Of how many samples a range should be, so that a coarser level does for it. */
const samplesInRange = 60;

export const readTracks = (node: RangedNode, context: Context, stat?: 'min' | 'max'): Promise<Track[]> =>
  node.kind === 'range' ? readRange(node, context, stat) : readSubquery(node, context);

async function readRange(node: RangeNode, context: Context, stat?: 'min' | 'max'): Promise<Track[]> {
  const { history, pace, steps } = context;
  const { rangeMs, offsetMs, matchers } = node;
  const ofRange = rangeMs / samplesInRange;
  const wanted = {
    matchers,
    from: steps.start - offsetMs,
    to: endOf(steps) - offsetMs,
    windowMs: rangeMs,
    leastSamples: 4,
    coarsestMs: steps.count > 1 ? Math.min(steps.stepMs, ofRange) : ofRange,
    ...(stat === undefined ? {} : { stat }),
  };
  const tracks: Track[] = [];
  for (const samples of await readSeries(history, wanted, pace)) {
    const { labels, everyMs } = samples;
    const windowMs = windowOf(wanted, everyMs);
    const keep = samples.values.some(Number.isNaN) ? withoutEnds(samples) : samples;
    if (pace.toil(samples.times.length)) await pace.rest();
    tracks.push({ labels, times: keep.times, values: keep.values, windowMs, askedMs: rangeMs, offsetMs });
  }
  return tracks;
}

function withoutEnds({ times, values }: { times: Float64Array; values: Float64Array }): {
  times: Float64Array;
  values: Float64Array;
} {
  const is = (_: number, index: number): boolean => !Number.isNaN(values[index] ?? 0);
  return { times: times.filter(is), values: values.filter(is) };
}

async function readSubquery(node: SubqueryNode, context: Context): Promise<Track[]> {
  const { steps, pace } = context;
  const inner = subquerySteps(node, steps);
  if (inner.count === 0) return [];
  if (inner.count > bounds.subqueryPoints)
    throw tooLarge(
      `A subquery would be worked out for more than ${bounds.subqueryPoints.toLocaleString('en')} moments`,
    );
  const tracks: Track[] = [];
  for (const { labels, values, present } of await context.vector(node.of as Node, inner)) {
    const there = (_: number, index: number): boolean => present[index] === 1;
    const times = Float64Array.from(present, (_, index) => timeOf(inner, index)).filter(there);
    tracks.push({
      labels,
      times,
      values: values.filter(there),
      windowMs: node.rangeMs,
      askedMs: node.rangeMs,
      offsetMs: node.offsetMs,
    });
    if (pace.spend(values.length)) await pace.rest();
  }
  return tracks;
}

/** Multiples of the subquery's step, whatever the query's steps are, so that neighbouring steps see the same values. */
function subquerySteps({ rangeMs, stepMs, offsetMs }: SubqueryNode, steps: Steps): Steps {
  const after = steps.start - offsetMs - rangeMs;
  const start = (Math.floor(after / stepMs) + 1) * stepMs;
  const end = endOf(steps) - offsetMs;
  return { start, stepMs, count: Math.max(0, Math.floor((end - start) / stepMs) + 1) };
}

/** Moves a window on to a later step. A sample at its beginning is outside, one at its end inside. */
export function slide(window: Window, track: Track, at: number): void {
  const { times, windowMs, offsetMs } = track;
  window.to = at - offsetMs;
  window.from = window.to - windowMs;
  while (window.end < times.length && (times[window.end] ?? 0) <= window.to) window.end += 1;
  while (window.first < window.end && (times[window.first] ?? 0) <= window.from) window.first += 1;
}
