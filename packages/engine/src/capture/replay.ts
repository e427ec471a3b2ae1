import type { Principal } from '@wherry/core/access';
import type { Capture } from '@wherry/core/capture';
import { WherryError } from '@wherry/core/errors';
import { fullName } from '@wherry/core/names';
import type { Headers } from '@wherry/core/ports/forwarder';
import type { CallInput } from '../invoke/call.ts';

/** Who repeats a call, and how. */
export interface ReplayWish {
  /** Kept and made later, rather than now. */
  readonly async: boolean;
  /** A version or an alias; else who takes the function's calls now. */
  readonly qualifier?: string;
  readonly caller: Principal;
  readonly from: CallInput['from'];
}

/**
 * A call that was kept, as it comes in again: a new one, that says which it repeats. It goes through the same doors as every other, as the
 * call of whoever repeats it. Throws `capture_cut` where not all of its body is there: half a request is another one.
 */
export function replayOf({ id, deployment, request }: Capture, wish: ReplayWish): CallInput {
  const { body, method, path, headers } = request;
  if (body.cut)
    throw new WherryError(
      'capture_cut',
      `${body.kept.length} of ${body.bytes} bytes are kept of call ${id}`,
      {
        component: 'engine',
      },
    );
  return {
    trigger: wish.async ? 'async' : 'http',
    target: `${fullName(deployment)}${wish.qualifier === undefined ? '' : `@${wish.qualifier}`}`,
    ...{ method, path, headers: withoutOnce(headers), body: body.kept },
    ...{ alias: undefined, authorization: undefined, caller: wish.caller, from: wish.from },
    replayOf: id,
  };
}

/** What belonged to that one call: its place in a trace, and what it asked of the queue. */
const once: readonly string[] = [
  ...['traceparent', 'tracestate', 'x-call-id'],
  ...['x-callback-url', 'idempotency-key', 'x-wherry-delay'],
];

function withoutOnce(headers: Headers): Headers {
  return headers.filter((_, i) => !once.includes((headers[i - (i % 2)] as string).toLowerCase()));
}
