import { asWherryError } from '@wherry/core/errors';
import type { Stage } from './pipeline.ts';

/** Turns any failure into an answer that says what happened, whose fault it was and what to do; or breaks off what is half sent. */
export function explain(): Stage {
  return async (call, next) => {
    try {
      await next(call);
    } catch (thrown) {
      const error = asWherryError(thrown, 'engine');
      call.error = error;
      // A caller that still sends is told the answer; the rest of its body is not wanted.
      if (!(call.input.body instanceof Uint8Array)) call.input.body.cancel();
      if (call.answered) call.output.cut();
      else {
        call.status = error.status;
        call.output.error(error, call);
      }
    }
  };
}
