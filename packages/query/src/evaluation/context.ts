import type { ReadableHistory } from '../history/reading.ts';
import type { Node } from '../language/tree.ts';
import type { Column } from './column.ts';
import type { Pace } from './pace.ts';
import type { Steps } from './steps.ts';

/** What every part of an evaluation works with. */
export interface Context {
  readonly history: ReadableHistory;
  readonly pace: Pace;
  readonly steps: Steps;
  /** Of expressions within; the steps are other ones in a subquery. */
  readonly vector: (node: Node, steps?: Steps) => Promise<Column[]>;
  /** One number for each step. */
  readonly scalar: (node: Node) => Promise<Float64Array>;
}
