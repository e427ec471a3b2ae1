import type { FunctionName } from '@wherry/core/names';
import { fullName } from '@wherry/core/names';
import type { LaneWish, LeaseKey, NewItem, QueueSelection, Settlement } from '@wherry/core/ports/call-queue';
import type { DeadReason, Note } from '@wherry/core/queued-call';

/** A part of the bytes that a batch carries in one piece: an object with a buffer of its own for each body would cost more than the rest. */
export interface Slice {
  readonly at: number;
  readonly length: number;
}

/** An item as it crosses threads. */
export interface PackedItem {
  readonly id: string;
  readonly alias?: string;
  readonly lane: string;
  readonly of: string;
  /** JSON. */
  readonly head: string;
  readonly body: Slice;
  readonly enqueuedAt: number;
  readonly due: number;
  readonly expires: number;
  readonly instead?: string;
  readonly key?: { readonly digest: Uint8Array; readonly print: Uint8Array; readonly until: number };
}

export type PackedSettlement = LeaseKey &
  (
    | {
        readonly to: 'done';
        readonly at: number;
        /** JSON of what the answer was, but for its body. */
        readonly answer: string;
        readonly body: Slice;
        readonly keptUntil: number;
        readonly next?: PackedItem;
      }
    | {
        readonly to: 'dead';
        readonly at: number;
        readonly reason: DeadReason;
        readonly note: Note;
        readonly keptUntil: number;
        readonly next?: PackedItem;
      }
    | Extract<Settlement, { to: 'waiting' }>
  );

/** A change of many is made in parts, so that nobody waits for all of it. */
export const changedAtOnce = 2_000;

/** One request to the queue; a batch of them is one transaction, and one flush. */
export type QueueRequest =
  | { readonly kind: 'enqueue'; readonly items: readonly PackedItem[] }
  | {
      readonly kind: 'lease';
      readonly wishes: readonly LaneWish[];
      readonly holder: string;
      readonly now: number;
      readonly until: number;
      readonly mostBytes: number;
    }
  | { readonly kind: 'extend'; readonly leases: readonly LeaseKey[]; readonly until: number }
  | { readonly kind: 'settle'; readonly outcomes: readonly PackedSettlement[] }
  | {
      readonly kind: 'change';
      readonly selection: QueueSelection;
      readonly what: 'cancel' | 'redrive' | 'discard';
      readonly now: number;
      readonly keptUntil: number;
    };

/** An item on its way out. */
export interface PackedLease extends LeaseKey {
  readonly alias: string | undefined;
  readonly lane: string;
  readonly of: FunctionName;
  readonly head: string;
  readonly body: Uint8Array;
  readonly enqueuedAt: number;
  readonly due: number;
  readonly expires: number;
  readonly attempts: number;
  readonly crashes: number;
}

/** Gathers bodies into one piece of memory that can be handed over instead of copied. */
export class Bodies {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  get bytes(): number {
    return this.#length;
  }

  put(body: Uint8Array): Slice {
    const slice = { at: this.#length, length: body.length };
    this.#parts.push(body);
    this.#length += body.length;
    return slice;
  }

  joined(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** `identify` gives the digests of an idempotency key; only asked where there is one. */
export function packItem(
  item: NewItem,
  bodies: Bodies,
  identify: (item: NewItem, key: string) => { digest: Uint8Array; print: Uint8Array },
): PackedItem {
  const { key } = item;
  return {
    id: item.id,
    ...(item.alias === undefined ? {} : { alias: item.alias }),
    lane: item.lane,
    of: fullName(item.of),
    head: JSON.stringify(item.head),
    body: bodies.put(item.body),
    enqueuedAt: item.enqueuedAt,
    due: item.due,
    expires: item.expires,
    ...(item.instead === undefined ? {} : { instead: item.instead }),
    ...(key === undefined ? {} : { key: { ...identify(item, key.text), until: key.until } }),
  };
}
