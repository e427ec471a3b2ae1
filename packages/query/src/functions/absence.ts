import { type Column, emptyColumn, put } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import { labelSet, type LabelSet, metricName, noLabels } from '../evaluation/label-set.ts';
import { timeOf } from '../evaluation/steps.ts';
import { readTracks, slide, type RangedNode, type Window } from '../evaluation/windows.ts';
import type { Node } from '../language/tree.ts';

/** 1 at each step at which an expression gives nothing, with the labels that its selector asks for by equality. */
export async function absent(of: Node, context: Context): Promise<Column[]> {
  const there = new Uint8Array(context.steps.count);
  for (const { present } of await context.vector(of)) {
    present.forEach((is, step) => {
      if (is === 1) there[step] = 1;
    });
    if (context.pace.toil(present.length)) await context.pace.rest();
  }
  return missing(there, labelsOf(of));
}

/** The same of a range in which there is no sample. */
export async function absentOverTime(of: RangedNode, context: Context): Promise<Column[]> {
  const { steps, pace } = context;
  const there = new Uint8Array(steps.count);
  for (const track of await readTracks(of, context)) {
    const window: Window = { first: 0, end: 0, from: 0, to: 0 };
    for (let step = 0; step < steps.count; step += 1) {
      slide(window, track, timeOf(steps, step));
      if (window.end > window.first) there[step] = 1;
    }
    if (pace.spend(steps.count)) await pace.rest();
  }
  return missing(there, labelsOf(of));
}

function missing(there: Uint8Array, labels: LabelSet): Column[] {
  if (!there.includes(0)) return [];
  const column = emptyColumn(labels, there.length);
  there.forEach((is, step) => {
    if (is === 0) put(column, step, 1);
  });
  return [column];
}

/** A label that is asked for twice, or not by equality, is known no longer. */
function labelsOf(node: Node): LabelSet {
  if (node.kind !== 'selector' && node.kind !== 'range') return noLabels;
  const labels = new Map<string, string>();
  const equal = new Set<string>();
  for (const { label, is, value } of node.matchers) {
    if (label === metricName) continue;
    if (is === '=' && !equal.has(label)) {
      labels.set(label, value);
      equal.add(label);
    } else labels.delete(label);
  }
  return labelSet(labels);
}
