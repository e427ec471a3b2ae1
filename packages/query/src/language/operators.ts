import { labelNames, type Cursor } from './cursor.ts';
import type { BinaryNode, Matching, Node } from './tree.ts';
import { inWords, typeOf } from './types.ts';

const precedences: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  ...Object.fromEntries(['==', '!=', '<=', '<', '>=', '>'].map((sign) => [sign, 3])),
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

/** Unary minus binds as multiplication does, so that -2^2 is -4. */
export const unaryPrecedence = 5;

export const isComparison = (operator: string): boolean => precedences[operator] === 3;
export const isSetOperator = (operator: string): boolean => (precedences[operator] ?? 9) <= 2;

export interface Operator {
  readonly text: string;
  readonly at: number;
  readonly precedence: number;
  /** The least precedence of what may stand to its right. */
  readonly right: number;
}

/** The operator that stands here, if any. */
export function operatorAt(cursor: Cursor): Operator | undefined {
  const { kind, text, at } = cursor.token;
  if (cursor.isWord('atan2'))
    throw cursor.refused(at, 'the operator atan2 is not understood here', 'Work out the angle elsewhere.');
  const known = kind === 'word' ? text.toLowerCase() : text;
  if (kind !== 'sign' && kind !== 'word') return undefined;
  const precedence = Object.hasOwn(precedences, known) ? precedences[known] : undefined;
  if (precedence === undefined) return undefined;
  return { text: known, at, precedence, right: known === '^' ? precedence : precedence + 1 };
}

export interface Modifiers {
  readonly bool: boolean;
  readonly matching: Matching | undefined;
}

/** `bool`, `on (…)`, `group_left (…)`: what stands between an operator and its right side. */
export function parseModifiers(cursor: Cursor, operator: Operator): Modifiers {
  const { at } = cursor.token;
  const bool = cursor.takeWord('bool');
  if (bool && !isComparison(operator.text))
    throw cursor.refused(at, `"bool" belongs to comparisons, and ${operator.text} is none`, 'Leave it out.');
  const on = cursor.isWord('on');
  if (!on && !cursor.isWord('ignoring')) return { bool, matching: undefined };
  cursor.take();
  const labels = labelNames(cursor, 'around the labels that are matched');
  const left = cursor.isWord('group_left');
  if (!left && !cursor.isWord('group_right'))
    return { bool, matching: { on, labels, many: 'neither', include: [] } };
  const group = cursor.take();
  const include = cursor.isSign('(') ? labelNames(cursor, 'around the labels that are taken over') : [];
  if (isSetOperator(operator.text))
    throw cursor.refused(group.at, `${group.text} is not for "${operator.text}"`, 'Leave it out.');
  const both = on ? include.find((label) => labels.includes(label)) : undefined;
  if (both !== undefined)
    throw cursor.refused(group.at, `the label ${both} is in both lists`, 'Leave it out of one.');
  return { bool, matching: { on, labels, many: left ? 'left' : 'right', include } };
}

/** An operator with both sides, once it is known that they go together. */
export function joined(
  cursor: Cursor,
  operator: Operator,
  modifiers: Modifiers,
  left: Node,
  right: Node,
): BinaryNode {
  for (const side of [left, right]) {
    const type = typeOf(side);
    if (type !== 'scalar' && type !== 'vector')
      throw cursor.refused(
        side.at,
        `${inWords(type)} can't be a side of "${operator.text}"`,
        type === 'matrix' ? 'Make a vector of it first, as with rate(…) or avg_over_time(…).' : undefined,
      );
  }
  const scalars = [left, right].filter((side) => typeOf(side) === 'scalar').length;
  if (scalars > 0 && isSetOperator(operator.text))
    throw cursor.refused(
      operator.at,
      `"${operator.text}" needs vectors on both sides`,
      'Make one with vector(…).',
    );
  if (scalars > 0 && modifiers.matching && modifiers.matching.labels.length > 0)
    throw cursor.refused(
      operator.at,
      'labels are matched between vectors only',
      'Leave "on" or "ignoring" out, or make a vector with vector(…).',
    );
  if (scalars === 2 && isComparison(operator.text) && !modifiers.bool)
    throw cursor.refused(
      operator.at,
      'comparisons between scalars need "bool"',
      `Write ${operator.text} bool.`,
    );
  return {
    kind: 'binary',
    at: left.at,
    height: cursor.heightOver(operator.at, left, right),
    operator: operator.text,
    left,
    right,
    bool: modifiers.bool,
    matching: modifiers.matching ?? { on: false, labels: [], many: 'neither', include: [] },
  };
}
