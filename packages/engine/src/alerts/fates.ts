import type { AlertEvent, AlertMessage } from '@wherry/core/alert';
import type { Channel } from '@wherry/core/alert-channel';
import type { QueuedCall } from '@wherry/core/queued-call';
import { channelOf, noticesOf, reportsOf } from '../queue/notices.ts';
import type { QueueBook } from '../queue/queue-book.ts';
import type { AlertRecords } from './alert-records.ts';

/** Messages that wait, of which the last cause is looked for. */
const mostWaiting = 1_000;

/** What became of a message. `queued`: it is still tried, `attempts` times so far. `unknown`: that is forgotten. */
export interface Fate {
  readonly state: 'queued' | 'sent' | 'failed' | 'unknown';
  readonly attempts?: number;
  /** The last cause, where it did not arrive at once. */
  readonly says?: string;
}

export interface MessageFate extends AlertMessage, Fate {}

/** How a channel does: what waits for it, what it never took, and how the last message went. */
export interface ChannelNews {
  readonly waiting: number;
  readonly dead: number;
  readonly last?: Fate & { readonly at: number };
}

/** What became of messages, as the queue has it; where it has forgotten, as the history does. */
export class Fates {
  readonly #queue: Pick<QueueBook, 'find' | 'lanes'>;
  readonly #records: AlertRecords;

  constructor(queue: Pick<QueueBook, 'find' | 'lanes'>, records: AlertRecords) {
    this.#queue = queue;
    this.#records = records;
  }

  /** By the ids of messages. */
  async of(ids: Iterable<string>): Promise<ReadonlyMap<string, Fate>> {
    const ended = new Map<string, Fate>();
    for (const { what, delivery, says } of this.#records.events().toReversed())
      if (delivery !== undefined && (what === 'sent' || what === 'failed'))
        ended.set(delivery, { state: what, ...(says === undefined ? {} : { says }) });
    const unsent = new Set(
      [...this.#records.of('group').values()].flatMap(({ unsent: all = [] }) => all.map(({ id }) => id)),
    );
    const fates = new Map<string, Fate>();
    for (const id of new Set(ids)) {
      const known = ended.get(id);
      // What arrived stays so; what was given up may have been put in again.
      const [found] = known?.state === 'sent' ? [] : await this.#queue.find({ id, limit: 1 });
      const other = known ?? { state: unsent.has(id) ? 'queued' : 'unknown' };
      fates.set(id, found === undefined ? other : fateOf(found));
    }
    return fates;
  }

  /** Of every channel that is named. */
  async news(channels: readonly Channel[]): Promise<ReadonlyMap<string, ChannelNews>> {
    const lanes = new Map((await this.#queue.lanes()).map((lane) => [channelOf(lane.lane), lane]));
    const underWay = (name: string): boolean => {
      const { waiting = 0, running = 0 } = lanes.get(name) ?? {};
      return waiting + running > 0;
    };
    const tried = await this.#tried(channels.some(({ name }) => underWay(name)));
    const news = new Map<string, ChannelNews>();
    const events = this.#records.events();
    for (const { name, kind } of channels) {
      const { waiting = 0, running = 0, dead = 0 } = lanes.get(name) ?? {};
      const ended = kind === 'function' ? await this.#lastCall(events, name) : lastEvent(events, name);
      const again = tried.get(name);
      const last = again !== undefined && again.at > (ended?.at ?? 0) ? again : ended;
      news.set(name, { waiting: waiting + running, dead, ...(last === undefined ? {} : { last }) });
    }
    return news;
  }

  /** Calls of functions end in their own lanes, and the history hears only that they were queued. */
  async #lastCall(events: readonly AlertEvent[], channel: string): Promise<ChannelNews['last']> {
    const event = events.find(({ channel: name }) => name === channel);
    if (event?.delivery === undefined) return undefined;
    const fate = (await this.of([event.delivery])).get(event.delivery);
    return fate === undefined ? undefined : { at: event.at, ...fate };
  }

  /** Of each channel the attempt that failed last, of what will be tried again or just is. */
  async #tried(any: boolean): Promise<ReadonlyMap<string, Fate & { readonly at: number }>> {
    const last = new Map<string, Fate & { readonly at: number }>();
    if (!any) return last;
    const found = await Promise.all(
      [noticesOf, reportsOf].flatMap((of) =>
        (['waiting', 'running'] as const).map((state) => this.#queue.find({ of, state, limit: mostWaiting })),
      ),
    );
    for (const call of found.flat()) {
      const channel = call.item.head.notice?.channel ?? '';
      const { note } = call;
      if (note === undefined || note.at <= (last.get(channel)?.at ?? 0)) continue;
      last.set(channel, { at: note.at, ...fateOf(call) });
    }
    return last;
  }
}

/** `events`: newest first. */
function lastEvent(events: readonly AlertEvent[], channel: string): ChannelNews['last'] {
  const event = events.find(
    ({ channel: name, what }) => name === channel && (what === 'sent' || what === 'failed'),
  );
  if (event === undefined) return undefined;
  const { at, what, says } = event;
  return { at, state: what === 'sent' ? 'sent' : 'failed', ...(says === undefined ? {} : { says }) };
}

function fateOf({ state, attempts, note, reason, result }: QueuedCall): Fate {
  const cause = note?.cause ?? reason;
  const says = cause === undefined ? {} : { says: cause };
  if (state === 'cancelled') return { state: 'failed', says: 'it was taken back from the queue' };
  if (state === 'dead') return { state: 'failed', attempts, ...says };
  if (state !== 'done') return { state: 'queued', attempts, ...says };
  return result !== undefined && result.status >= 400
    ? { state: 'failed', says: `it answered ${result.status}` }
    : { state: 'sent' };
}
