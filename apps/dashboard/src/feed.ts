import { ClientError } from '@wherry/wire/client-error';
import type { Client } from '@wherry/wire/client';
import { retryMs, type StreamedEvent } from '@wherry/wire/events';
import { createContext, useContext, useSyncExternalStore } from 'react';

/** Whether what is shown is of now. */
export interface FeedState {
  readonly state: 'beginning' | 'live' | 'paused' | 'refused';
  /** When it is tried again, as `Date.now()` has it; only while it is paused. */
  readonly retryAt: number;
  /** The latest events, newest first. */
  readonly recent: readonly StreamedEvent[];
}

const mostRecent = 500;
/** The gateway says something every 15 s; who hears nothing for longer has lost it. */
const mostSilentMs = 40_000;

/** What happens at the gateway, read as it happens, and again after every break. */
export class Feed {
  #state: FeedState = { state: 'beginning', retryAt: 0, recent: [] };
  readonly #listeners = new Set<() => void>();
  readonly #client: Client;
  readonly #happened: (event: StreamedEvent) => void;

  constructor(client: Client, happened: (event: StreamedEvent) => void) {
    this.#client = client;
    this.#happened = happened;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): FeedState => this.#state;

  /** Reads until it is stopped, or until the gateway says that the token may not. */
  async read(signal: AbortSignal): Promise<void> {
    let after = '';
    while (!signal.aborted) {
      const watch = new SilenceWatch(signal);
      try {
        for await (const event of this.#client.events(after, watch.signal, watch.heard)) {
          after = event.id;
          this.#take(event);
        }
      } catch (error) {
        if (error instanceof ClientError && (error.status === 401 || error.status === 403))
          return this.#change({ state: 'refused' });
      } finally {
        watch.end();
      }
      if (signal.aborted) return;
      this.#change({ state: 'paused', retryAt: Date.now() + retryMs });
      await waited(retryMs, signal);
    }
  }

  #take(event: StreamedEvent): void {
    const told =
      event.event === 'begin' ? {} : { recent: [event, ...this.#state.recent].slice(0, mostRecent) };
    this.#change({ state: 'live', ...told });
    this.#happened(event);
  }

  #change(part: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of this.#listeners) listener();
  }
}

/** Aborts what is silent for too long. */
class SilenceWatch {
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly signal: AbortSignal;

  constructor(outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#stop.signal]);
    this.heard();
  }

  readonly heard = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop.abort(), mostSilentMs);
  };

  end(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

export const CurrentFeed = createContext<Feed | undefined>(undefined);

export function useFeed(): FeedState {
  const feed = useContext(CurrentFeed);
  if (feed === undefined) throw new Error('nobody is signed in');
  return useSyncExternalStore(feed.subscribe, feed.state);
}
