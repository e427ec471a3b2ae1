import type { CallHead, QueuedCall, QueueState } from '@wherry/core/queued-call';
import type { ItemRow, QueueItems } from './queue-items.ts';
import { type QueueNames, subjectOf } from './queue-names.ts';
import type { Outcome } from './queue-outcomes.ts';
import type { StateRow } from './queue-seals.ts';
import type { ReadRow } from './queue-states.ts';

/** By their numbers in queue_states. */
export const stateNames = ['waiting', 'running', 'dead'] as const;

/** Rows of the queue as what they stand for. */
export class QueuedCalls {
  readonly #lanes: QueueNames;
  readonly #names: QueueNames;
  readonly #items: QueueItems;

  constructor(lanes: QueueNames, names: QueueNames, items: QueueItems) {
    this.#lanes = lanes;
    this.#names = names;
    this.#items = items;
  }

  /** Nothing where the row is no longer what was written. `whole`: with the body. */
  live(row: ReadRow | StateRow, whole = false): QueuedCall[] {
    const item = this.#items.get(row.seq);
    if (item === undefined || !item.sound || ('sound' in row && !row.sound)) return [];
    const { attempts, crashes, due, expires, enqueued } = row;
    const state = stateNames[row.state] as QueueState;
    return [
      {
        item: this.#itemOf(item, row.callee, { lane: this.#lanes.nameOf(row.lane), enqueued, due, expires }),
        ...{ bytes: item.body.length, state, attempts, crashes, due },
        ...(whole ? { body: item.body } : {}),
        ...(JSON.parse(row.note || '{}') as object),
        ...(state === 'dead' ? { keptUntil: expires } : {}),
      },
    ];
  }

  /** `whole`: with the answer. */
  past(outcome: Outcome, whole: boolean): QueuedCall {
    const { item, stand, last, answer } = JSON.parse(outcome.head) as {
      item: CallHead;
      stand: Stand & { attempts: number; crashes: number; bytes: number; finishedAt: number };
      last: object;
      answer: { status: number; headers: string[]; cut?: boolean } | null;
    };
    return {
      item: this.#itemOf({ ...outcome, head: JSON.stringify(item) }, outcome.callee, stand),
      bytes: stand.bytes,
      state: outcome.cancelled ? 'cancelled' : 'done',
      ...{ attempts: stand.attempts, crashes: stand.crashes, due: stand.due, ...last },
      ...{ finishedAt: stand.finishedAt, keptUntil: outcome.keptUntil },
      ...(whole && answer !== null ? { result: { ...answer, body: outcome.body } } : {}),
    };
  }

  #itemOf(
    { id, alias, head }: Pick<ItemRow, 'id' | 'alias' | 'head'>,
    callee: number,
    { lane, enqueued, due, expires }: Stand,
  ): QueuedCall['item'] {
    return {
      id,
      ...(alias === null ? {} : { alias }),
      ...{ lane, of: subjectOf(this.#names.nameOf(callee)) ?? { namespace: '', name: '' } },
      ...{ head: JSON.parse(head) as CallHead, enqueuedAt: enqueued, due, expires },
    };
  }
}

interface Stand {
  readonly lane: string;
  readonly enqueued: number;
  readonly due: number;
  readonly expires: number;
}
