import { type Column, emptyColumn, put, unite } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import {
  inWords,
  type LabelSet,
  onlyLabels,
  withLabel,
  withoutLabels,
  withoutName,
} from '../evaluation/label-set.ts';
import { type Pace, seriesToil } from '../evaluation/pace.ts';
import type { BinaryNode } from '../language/tree.ts';
import { failed } from '../refusal.ts';
import { losesName, pairWork, type PairWork } from './arithmetic.ts';
import { anyPresent, grouped, signatureOf } from './signature.ts';

/**
 * Arithmetic and comparisons between series of the same signature. On one side there is one for each signature at most; on the
 * other too, unless a `group_` says that there may be many.
 */
export async function betweenVectors(
  node: BinaryNode,
  left: readonly Column[],
  right: readonly Column[],
  { pace, steps }: Context,
): Promise<Column[]> {
  const { matching } = node;
  const manyIsRight = matching.many === 'right';
  const [many, one] = manyIsRight ? [right, left] : [left, right];
  const signature = signatureOf(matching);
  // Where a side has nothing at a step, nothing is matched there, and nothing is in the way.
  const anyMany = await anyPresent(many, steps.count, pace);
  const anyOne = await anyPresent(one, steps.count, pace);
  const ones = await grouped(one, signature, pace);
  for (const group of ones.values()) {
    await checkOne(group, anyMany, matching.many, pace);
  }
  const work = pairWork(node.operator, node.bool);
  const ordered: PairWork = manyIsRight ? (value, other) => work(other, value) : work;
  const made: Column[] = [];
  for (const [key, group] of await grouped(many, signature, pace)) {
    const taken = matching.many === 'neither' ? new Uint8Array(steps.count) : undefined;
    for (const column of group)
      for (const partner of ones.get(key) ?? []) {
        const pair = paired(
          column,
          partner,
          ordered,
          taken,
          resultLabels(node, column.labels, partner.labels),
        );
        if (pair) made.push(pair);
        if (pace.spend(steps.count) || pace.toil(seriesToil)) await pace.rest();
      }
  }
  return anyOne.includes(1) ? unite(made, pace) : [];
}

function paired(
  many: Column,
  one: Column,
  work: PairWork,
  taken: Uint8Array | undefined,
  labels: LabelSet,
): Column | undefined {
  let made: Column | undefined;
  const count = many.values.length;
  for (let step = 0; step < count; step += 1) {
    if (many.present[step] === 0 || one.present[step] === 0) continue;
    const value = work(many.values[step] ?? 0, one.values[step] ?? 0);
    if (value === undefined) continue;
    if (taken?.[step] === 1)
      throw failed(
        `Several series on the left match ${inWords(one.labels)}: "group_left" has to say that this is meant`,
      );
    if (taken) taken[step] = 1;
    made ??= emptyColumn(labels, count);
    put(made, step, value);
  }
  return made;
}

async function checkOne(
  group: readonly Column[],
  anyMany: Uint8Array,
  many: string,
  pace: Pace,
): Promise<void> {
  const [first] = group;
  if (group.length < 2 || !first) return;
  const side = many === 'right' ? 'left' : 'right';
  const seen = new Uint8Array(anyMany.length);
  for (const { present, labels } of group) {
    for (let step = 0; step < present.length; step += 1) {
      if (present[step] === 0 || anyMany[step] === 0) continue;
      if (seen[step] === 1)
        throw failed(
          `Two series on the ${side} side, ${inWords(first.labels)} and ${inWords(labels)}, are the same by the labels that are matched`,
        );
      seen[step] = 1;
    }
    if (pace.toil(present.length)) await pace.rest();
  }
}

function resultLabels({ operator, bool, matching }: BinaryNode, many: LabelSet, one: LabelSet): LabelSet {
  let labels = losesName(operator, bool) ? withoutName(many) : many;
  const names = new Set(matching.labels);
  if (matching.many === 'neither')
    labels = matching.on ? onlyLabels(labels, names) : withoutLabels(labels, names);
  for (const label of matching.include) labels = withLabel(labels, label, one.get(label) ?? '');
  return labels;
}
