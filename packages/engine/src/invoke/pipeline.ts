import type { Tracer } from '../traces/tracer.ts';
import type { Call } from './call.ts';

/** What comes after a stage. Resolves when the answer is complete; rejects with a WherryError. */
export type Next = (call: Call) => Promise<void>;

/** One step of an invocation. It may act before and after what comes next, or refuse by throwing. */
export type Stage = (call: Call, next: Next) => Promise<void>;

/** A stage that may take time worth knowing, under its name. */
export interface TimedStage {
  readonly name: string;
  readonly stage: Stage;
}

export function timed(name: string, stage: Stage): TimedStage {
  return { name, stage };
}

/**
 * Composes stages, outermost first. The order that every call goes through is written down once, in `stages.ts`, and drawn in
 * docs/request-path.md; a test holds the two together. Where calls are traced, those that are timed note how long they took.
 */
export function pipeline(stages: readonly (Stage | TimedStage)[], tracer: Tracer | undefined): Next {
  return stages
    .map((one) => (typeof one === 'function' ? one : (tracer?.around(one.name, one.stage) ?? one.stage)))
    .reduceRight<Next>(
      (next, stage) => (call) => stage(call, next),
      () => Promise.resolve(),
    );
}
