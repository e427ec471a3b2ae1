import type { FunctionName } from '../names.ts';
import type { CallResult, DeadReason, Note, QueuedCall, QueueItem, QueueState } from '../queued-call.ts';

/** An item on its way in. */
export interface NewItem extends QueueItem {
  /** Items of one lane with the same key are one item, for as long as the key is remembered. */
  readonly key?: { readonly text: string; readonly until: number };
  /** The dead letter that it takes the place of: that stays as it is, and says who did, in the same moment or not at all. */
  readonly instead?: string;
}

/** What became of an item: `known` was enqueued before with the same key; `conflict` too, but it was another one; `gone` was to take the place of what is no dead letter any more, or whose place is taken. */
export interface Enqueued {
  readonly id: string;
  readonly as: 'new' | 'known' | 'conflict' | 'gone';
}

/** A place in the queue that is held for a while. Whoever holds another epoch holds nothing. */
export interface LeaseKey {
  readonly id: string;
  /** Raised by every lease of the item. */
  readonly epoch: number;
}

/** An item that is ours until `until`. Its attempt has been counted already. */
export interface Leased extends LeaseKey {
  readonly item: QueueItem;
  readonly attempts: number;
  readonly crashes: number;
}

/** How an attempt ended. `next` is enqueued in the same moment, or not at all. */
export type Settlement = LeaseKey &
  (
    | {
        readonly to: 'done';
        readonly at: number;
        readonly result: CallResult;
        readonly keptUntil: number;
        readonly next?: NewItem;
      }
    | {
        readonly to: 'dead';
        readonly at: number;
        readonly reason: DeadReason;
        readonly note: Note;
        readonly keptUntil: number;
        readonly next?: NewItem;
      }
    | {
        readonly to: 'waiting';
        readonly due: number;
        readonly note: Note;
        /** False: the function was never reached, so the attempt is none. */
        readonly counts: boolean;
        readonly crashed: boolean;
      }
  );

/** One lane's part of a lease. */
export interface LaneWish {
  readonly lane: string;
  /** Most items. */
  readonly most: number;
}

/** What is left in a lane. */
export interface LaneState {
  readonly lane: string;
  readonly waiting: number;
  /** Of those that wait, how many could begin; only where it was asked for, and counted up to 2,000. */
  readonly ready?: number;
  readonly running: number;
  /** Dead letters. */
  readonly dead: number;
  /** When the next item may begin: one that waits, or one whose lease ends then. Undefined where there is none. */
  readonly nextDue: number | undefined;
  /** When the oldest that waits or runs was enqueued, whenever it is due. */
  readonly oldest: number | undefined;
}

/** Which items to read, newest first. */
export interface QueueQuery {
  /** An id of ours, or a caller's alias: whose own id it is comes first. With it the result comes along. */
  readonly id?: string;
  /** With an id: the body comes along of what is not done yet. */
  readonly body?: boolean;
  readonly of?: FunctionName;
  readonly lane?: string;
  readonly state?: QueueState;
  /** Only items whose id is less than this one: ids ascend with time. */
  readonly before?: string;
  readonly limit: number;
}

/** Items that are to be changed: by id, or all of a function or a lane, or all there are. */
export interface QueueSelection {
  /** Ids of ours, or aliases: of each the one that `find` gives first. */
  readonly ids?: readonly string[];
  readonly of?: FunctionName;
  readonly lane?: string;
}

/**
 * Calls that are to be made, and what became of them. At least once: an item that was enqueued is done, a dead letter, cancelled or still here,
 * whatever dies meanwhile. All times are given by the caller, so that a queue needs no clock; `storage_full` and `storage_failed` can come
 * from every method that writes, and then nothing of that call was written.
 */
export interface CallQueue {
  /** Puts items in, all or none of them. Resolves when they are on disk, in the order given. */
  enqueue(items: readonly NewItem[]): Promise<readonly Enqueued[]>;

  /**
   * Takes items that are due, of each lane the ones due first, until `until`; each is counted as an attempt before it is handed out. At most
   * `mostBytes` of bodies beyond the first. What is no longer what was stored is put aside and reported, never handed out. Also frees
   * what anybody held for longer than its lease.
   */
  lease(
    wishes: readonly LaneWish[],
    holder: string,
    now: number,
    until: number,
    mostBytes: number,
  ): Promise<readonly Leased[]>;

  /** Holds on for longer. False for each that is no longer ours. */
  extend(leases: readonly LeaseKey[], until: number): Promise<readonly boolean[]>;

  /** Says how attempts ended. False for each that is no longer ours: somebody else's outcome stands, and nothing was written. */
  settle(outcomes: readonly Settlement[]): Promise<readonly boolean[]>;

  /** Every lane in which there is anything; with `now`, also how much could begin. */
  lanes(now?: number): Promise<readonly LaneState[]>;

  /** Items as they stand, newest first. */
  find(query: QueueQuery): Promise<readonly QueuedCall[]>;

  /**
   * `cancel`: what waits or runs is not (or no more) to be done; its outcome is kept until `keptUntil`. `redrive`: dead letters wait again,
   * with all their attempts, and may take until `keptUntil`; those whose place is taken only where their ids are named. `discard`: dead letters are removed. Resolves with the ids that this applied to.
   */
  change(
    selection: QueueSelection,
    what: 'cancel' | 'redrive' | 'discard',
    now: number,
    keptUntil: number,
  ): Promise<readonly string[]>;

  /** Forgets keys and outcomes whose time is over, then the oldest outcomes above `mostBytes`; returns how many went. */
  prune(now: number, mostBytes: number): Promise<number>;

  /** Frees what a holder that is known to be gone had leased. Returns how many. Also brings back to `latestDue` what would be due later: a clock was wrong. */
  release(holder: string, now: number, latestDue: number): Promise<number>;
}
