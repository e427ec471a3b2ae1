import type { Strings } from './function.ts';

/** A room of its own for functions and secrets: what is in one has nothing to do with what has the same name in another. */
export interface Namespace {
  readonly name: string;
  /** As they were sent; undefined where there are none. */
  readonly labels?: Strings;
  readonly annotations?: Strings;
  /** Raised by every change; compare-and-set works on it. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}
