import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Leaves a record and counts, whatever became of the call. Never delays the answer: it is complete by then. */
export function record({ recorder }: Pick<InvokeParts, 'recorder'>): Stage {
  return async (call, next) => {
    try {
      await next(call);
    } finally {
      recorder.record(call);
    }
  };
}
