import type { Received } from '@wherry/core/ports/callback-sender';
import type { Leased, NewItem, Settlement } from '@wherry/core/ports/call-queue';
import type { Attempt, LaneKind } from './dispatcher.ts';
import { isAnswerLane } from './answers.ts';

/** Lanes of messages begin so; no function is called that. */
const lanePrefix = 'channel ';
/** What they are about, where others are about a function; no function is called that either. */
export const noticesOf = { namespace: '(gateway)', name: 'alerts' };
export const reportsOf = { ...noticesOf, name: 'reports' };
const mostAgeMs = 6 * 3_600_000;
/** A message has its number for good; this is how long one that was handed over and not noted can come again. */
const keyMs = 31 * 86_400_000;

/** A message that could not be taken back is tried again after this. */
const againMs = 60_000;

/** How messages are sent, and who hears what became of each. */
export interface Notices {
  /** Whether there is such a channel. */
  has(channel: string): boolean;
  send(channel: string, body: Uint8Array, signal: AbortSignal): Promise<Received>;
  over(channel: string, outcome: Settlement, about?: 'report'): void;
}

/** A message, and who is to get it. */
export interface NoticeOrder {
  readonly id: string;
  readonly channel: string;
  readonly body: Uint8Array;
  /** What was put in with the same key is not put in again. */
  readonly key: string;
  readonly about?: 'report';
  /** How long it is worth sending; six hours unless given. */
  readonly maxAgeMs?: number;
}

export function laneKind(lane: string): LaneKind {
  if (lane.startsWith(lanePrefix)) return 'notice';
  return isAnswerLane(lane) ? 'answer' : 'call';
}

export function laneOf(channel: string): string {
  return `${lanePrefix}${channel}`;
}

/** The channel that a lane is of. */
export function channelOf(lane: string): string | undefined {
  return lane.startsWith(lanePrefix) ? lane.slice(lanePrefix.length) : undefined;
}

/** A message as something to be done: it waits, is tried and tried again like any call. */
export function noticeItem(order: NoticeOrder, now: number): NewItem {
  const { id, channel, body, key, about, maxAgeMs = mostAgeMs } = order;
  const of = about === undefined ? noticesOf : reportsOf;
  return {
    ...{ id, lane: laneOf(channel), of, body },
    head: {
      ...{ trigger: 'internal', target: of.name, method: 'POST', path: '/', headers: [], depth: 0 },
      from: { address: '127.0.0.1', host: 'gateway', scheme: 'http' },
      notice: { channel, ...(about === undefined ? {} : { about }) },
    },
    ...{ enqueuedAt: now, due: now, expires: now + maxAgeMs },
    key: { text: `\n\nnotice\n${key}`, until: now + keyMs },
  };
}

/**
 * Who told a message is told what became of it. What did not arrive where its channel is gone is taken back, as what waited was when the
 * channel went: nobody would look for a dead letter there.
 */
export function noticeTold(
  lease: Leased,
  attempt: Attempt,
  parts: {
    readonly notices: Notices;
    readonly takeBack: (id: string) => Promise<void>;
    readonly now: () => number;
    readonly problem: (message: string) => void;
  },
): Attempt {
  const { notices, takeBack, now, problem } = parts;
  const { id, epoch, item } = lease;
  const { channel = '', about } = item.head.notice ?? {};
  const over = attempt.over.then(async (outcome): Promise<Settlement> => {
    if (outcome.to === 'done' || notices.has(channel)) {
      notices.over(channel, outcome, about);
      return outcome;
    }
    try {
      await takeBack(id);
      // Written nowhere: that it was taken back stands.
      return outcome;
    } catch (error) {
      const note = { at: now(), cause: (error as Error).message };
      problem(`a message to the ${item.lane}, which is gone, cannot be taken back yet: ${note.cause}`);
      return { id, epoch, to: 'waiting', due: now() + againMs, note, counts: false, crashed: false };
    }
  });
  return { ...attempt, over };
}
