import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { Headers } from '@wherry/core/ports/forwarder';
import type { QueuedCall } from '@wherry/core/queued-call';
import type { Order } from './queue-book.ts';
import { callerOf } from './queued-input.ts';

/** What a dead letter is to say instead, and who says so. */
export interface Edit {
  readonly body: Uint8Array;
  /** Else what it was. */
  readonly contentType?: string;
  readonly caller: Principal;
}

/** The call that takes the place of a dead letter. Throws `not_a_dead_letter`, `body_too_large`. */
export function editedOrder(dead: QueuedCall, { body, contentType, caller }: Edit, mostBytes: number): Order {
  const { id, of, alias, head } = dead.item;
  if (dead.state !== 'dead' || head.answer !== undefined || head.notice !== undefined)
    throw noDeadLetter(dead);
  if (body.length > mostBytes)
    throw new WherryError('body_too_large', `more than ${mostBytes} bytes`, { component: 'queue' });
  const { caller: _, ...rest } = head;
  const now = callerOf(caller);
  return {
    ...{ of, body, ...(alias === undefined ? {} : { alias }) },
    head: {
      ...{ ...rest, headers: editedHeaders(head.headers, contentType), replayOf: id },
      ...(now === undefined ? {} : { caller: now }),
    },
  };
}

export function noDeadLetter({ item, state, editedAs }: QueuedCall): WherryError {
  const taken = `was tried again already${editedAs === undefined ? '' : `, as ${editedAs}`}`;
  const isCall = item.head.answer === undefined && item.head.notice === undefined;
  const why = !isCall ? 'is no call' : state === 'dead' ? taken : `is ${state}`;
  return new WherryError('not_a_dead_letter', `${item.id} ${why}`, { component: 'queue' });
}

/** What no longer holds of a body that was changed: how long it is, how it was packed, what it was signed with. */
const ofBody = /^(?:content-(?:length|encoding|md5|digest)|digest|repr-digest|(?:.*-)?signature(?:-.*)?)$/i;

function editedHeaders(headers: Headers, contentType: string | undefined): Headers {
  const kept = headers.filter((_, i) => {
    const name = headers[i - (i % 2)] as string;
    return !ofBody.test(name) && (contentType === undefined || name.toLowerCase() !== 'content-type');
  });
  return contentType === undefined ? kept : [...kept, 'Content-Type', contentType];
}
