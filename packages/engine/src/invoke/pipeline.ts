import type { Call } from './call.ts';

/** What comes after a stage. Resolves when the answer is complete; rejects with a WherryError. */
export type Next = (call: Call) => Promise<void>;

/** One step of an invocation. It may act before and after what comes next, or refuse by throwing. */
export type Stage = (call: Call, next: Next) => Promise<void>;

/**
 * Composes stages, outermost first. The order that every call goes through is written down once, in `stages.ts`, and drawn in
 * docs/request-path.md; a test holds the two together.
 */
export function pipeline(stages: readonly Stage[]): Next {
  return stages.reduceRight<Next>(
    (next, stage) => (call) => stage(call, next),
    () => Promise.resolve(),
  );
}
