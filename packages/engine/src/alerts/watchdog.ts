import type { Channel } from '@wherry/core/alert-channel';
import type { Received } from '@wherry/core/ports/callback-sender';
import type { AlertParts, AlertSettings } from './alert-parts.ts';
import type { AlertRecords } from './alert-records.ts';
import type { ChannelBook } from './channel-book.ts';

const lookMs = 15_000;
const beatMs = 60_000;
const beatTimeMs = 10_000;
/** Rounds that may be missed, and what a slow one may take. */
const lateRounds = 3;
const lateMs = 30_000;

/** How alerting itself is. */
export interface AlertHealth {
  readonly working: boolean;
  /** Seconds since every rule was looked at and what came of it kept. */
  readonly lastEvaluationSeconds: number;
  /** What keeps it from working, one sentence each. */
  readonly problems: readonly string[];
}

/** What came of telling somebody that alerting works. Status 0: nothing came back. */
export interface Beat extends Pick<Received, 'status' | 'cause'> {
  readonly heard: boolean;
}

/**
 * Watches over alerting without needing it: it says what is wrong in the gateway's own log and in its metrics, and as long as nothing is, it tells
 * those who call for help when they hear nothing.
 */
export class Watchdog {
  readonly #parts: AlertParts;
  readonly #settings: AlertSettings;
  readonly #records: AlertRecords;
  readonly #channels: ChannelBook;
  #timers: (() => void)[] = [];
  #roundAt: number;
  #failure: string | undefined;
  #told = false;
  #silent = new Set<string>();

  constructor(parts: AlertParts, settings: AlertSettings, records: AlertRecords, channels: ChannelBook) {
    this.#parts = parts;
    this.#settings = settings;
    this.#records = records;
    this.#channels = channels;
    this.#roundAt = parts.clock.monotonic();
  }

  start(): void {
    const { clock } = this.#parts;
    this.#timers = [clock.every(lookMs, () => this.#look()), clock.every(beatMs, () => void this.#beats())];
  }

  stop(): void {
    for (const stop of this.#timers) stop();
  }

  /** Everything was looked at, kept and handed over. */
  passed(): void {
    this.#roundAt = this.#parts.clock.monotonic();
    this.#failure = undefined;
    this.#look();
  }

  /** A round ended early. */
  failed(why: string): void {
    this.#failure = why;
    this.#look();
  }

  get health(): AlertHealth {
    const since = this.#parts.clock.monotonic() - this.#roundAt;
    const late = since > lateRounds * this.#settings.everyMs + lateMs;
    const problems = [
      ...(this.#failure === undefined ? [] : [`the last evaluation failed: ${this.#failure}`]),
      ...(late ? [`rules were not evaluated for ${Math.round(since / 1000)} seconds`] : []),
      ...(this.#records.failing === undefined ? [] : [`alerts cannot be kept: ${this.#records.failing}`]),
    ];
    return { working: problems.length === 0, lastEvaluationSeconds: since / 1000, problems };
  }

  #look(): void {
    const { working, problems } = this.health;
    if (working === !this.#told) return;
    this.#told = !working;
    this.#parts.problem(working ? 'alerting works again' : `alerting does not work: ${problems.join('; ')}`);
  }

  /** Beats once, as each minute by itself, and says what came back. Nothing is sent while alerting does not work: it would be taken for well. */
  async beat(channel: Channel): Promise<Beat> {
    const { working, problems } = this.health;
    if (working) return this.#send(channel);
    const cause = `nothing is sent while alerting does not work: ${problems.join('; ')}`;
    return { heard: false, status: 0, cause };
  }

  async #beats(): Promise<void> {
    if (!this.health.working) return;
    for (const channel of this.#channels.list().filter(({ kind }) => kind === 'heartbeat'))
      await this.#send(channel);
  }

  async #send(channel: Channel): Promise<Beat> {
    const { clock, problem } = this.#parts;
    const late = new AbortController();
    const stop = clock.after(beatTimeMs, () => late.abort());
    const { status, cause } = await this.#channels.beat(channel, late.signal);
    stop();
    const heard = status >= 200 && status < 300;
    if (!heard && !this.#silent.has(channel.name))
      problem(`the heartbeat ${channel.name} is not heard: ${cause}`);
    if (heard) this.#silent.delete(channel.name);
    else this.#silent.add(channel.name);
    return { heard, status, cause };
  }
}
