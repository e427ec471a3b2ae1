import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** For what is only accepted: a record is left when it is made. Here of refusals alone. */
export function recordRefusals({ recorder, tracer }: Pick<InvokeParts, 'recorder' | 'tracer'>): Stage {
  return async (call, next) => {
    try {
      await next(call);
    } finally {
      if (call.error !== undefined) recorder.record(call);
      tracer?.ended(call);
    }
  };
}

/** Leaves a record and counts, whatever became of the call. Never delays the answer: it is complete by then. */
export function record({
  recorder,
  captures,
  tracer,
}: Pick<InvokeParts, 'recorder' | 'captures' | 'tracer'>): Stage {
  return async (call, next) => {
    try {
      await next(call);
    } finally {
      recorder.record(call);
      if (call.tape !== undefined) captures.keep(call, call.tape);
      tracer?.ended(call);
    }
  };
}
