import type { LabelMatcher } from '@wherry/core/metric';

/** What an expression gives: one number a step, series with one, series with many, or a text. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

interface Placed {
  /** Where it begins in the text. */
  readonly at: number;
  /** How many nodes are on the longest way down. */
  readonly height: number;
}

export interface NumberNode extends Placed {
  readonly kind: 'number';
  readonly value: number;
}

export interface StringNode extends Placed {
  readonly kind: 'string';
  readonly value: string;
}

export interface SelectorNode extends Placed {
  readonly kind: 'selector';
  readonly matchers: readonly LabelMatcher[];
  readonly offsetMs: number;
}

/** `selector[5m]` */
export interface RangeNode extends Placed {
  readonly kind: 'range';
  readonly matchers: readonly LabelMatcher[];
  readonly rangeMs: number;
  readonly offsetMs: number;
}

/** `expression[1h:1m]` */
export interface SubqueryNode extends Placed {
  readonly kind: 'subquery';
  readonly of: Node;
  readonly rangeMs: number;
  readonly stepMs: number;
  readonly offsetMs: number;
}

export interface ParenthesesNode extends Placed {
  readonly kind: 'parentheses';
  readonly of: Node;
}

export interface NegationNode extends Placed {
  readonly kind: 'negation';
  readonly of: Node;
}

export interface CallNode extends Placed {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Node[];
}

export interface Grouping {
  /** `without` the labels, or `by` them. */
  readonly without: boolean;
  readonly labels: readonly string[];
}

export interface AggregationNode extends Placed {
  readonly kind: 'aggregation';
  readonly name: string;
  readonly of: Node;
  readonly parameter: Node | undefined;
  readonly grouping: Grouping;
}

export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Which side may have many series for one of the other. */
  readonly many: 'neither' | 'left' | 'right';
  /** Labels that are taken from the side with one. */
  readonly include: readonly string[];
}

export interface BinaryNode extends Placed {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
  /** Comparisons give 0 and 1 instead of leaving series out. */
  readonly bool: boolean;
  readonly matching: Matching;
}

export type Node =
  | NumberNode
  | StringNode
  | SelectorNode
  | RangeNode
  | SubqueryNode
  | ParenthesesNode
  | NegationNode
  | CallNode
  | AggregationNode
  | BinaryNode;

/** The node within any parentheses. */
export function bare(node: Node): Node {
  let inner = node;
  while (inner.kind === 'parentheses') inner = inner.of;
  return inner;
}
