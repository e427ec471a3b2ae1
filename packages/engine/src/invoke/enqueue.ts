import { isWhole } from '@wherry/core/ports/body';
import { asyncRequest } from '@wherry/core/rules/async-request';
import { handedOn } from '@wherry/core/rules/trace-context';
import type { Order, QueueBook } from '../queue/queue-book.ts';
import { callerOf } from '../queue/queued-input.ts';
import type { Call } from './call.ts';
import type { Stage } from './pipeline.ts';

const nothing = new Uint8Array(0);

/** Where a call is not made but kept: answers 202 once it is on disk. The last stage of what is accepted. */
export function enqueue(queue: QueueBook): Stage {
  return async (call) => {
    const [id] = await queue.submit([orderOf(call)]);
    // The same key again: it is the first call that is spoken of.
    if (id !== undefined) call.id = id;
    call.status = 202;
    call.answered = true;
    call.output.whole(202, [], nothing);
  };
}

/** Where a call is one of several that are to be kept together, or not at all: whoever takes it keeps it. */
export function handOver(take: (order: Order) => void): Stage {
  return async (call) => {
    take(orderOf(call));
    call.status = 202;
    call.answered = true;
  };
}

function orderOf(call: Call): Order {
  const { function: fn, input } = call;
  if (fn === undefined || !isWhole(input.body)) throw new Error('it comes after address, with a whole body');
  const { callback, key, delayMs, headers } = asyncRequest(input.headers);
  const caller = callerOf(call.principal);
  return {
    id: call.id,
    ...(input.alias === undefined ? {} : { alias: input.alias }),
    of: { namespace: fn.namespace, name: fn.name },
    head: {
      ...{ trigger: input.trigger, target: input.target, method: input.method, path: input.path },
      headers: call.ownCredentials ? withoutCredentials(headers) : headers,
      ...{ from: input.from, depth: input.depth ?? 0 },
      ...(caller === undefined ? {} : { caller }),
      ...(call.trace === undefined ? {} : { trace: handedOn(call.trace) }),
      ...(input.replayOf === undefined ? {} : { replayOf: input.replayOf }),
      ...(callback === undefined ? {} : { callback }),
    },
    body: input.body,
    delayMs,
    // Keys of different callers have nothing to do with each other.
    ...(key === undefined ? {} : { key: `${call.principal?.name ?? ''}\n${key}` }),
  };
}

function withoutCredentials(headers: readonly string[]): readonly string[] {
  return headers.filter((_, i) => (headers[i - (i % 2)] as string).toLowerCase() !== 'authorization');
}
