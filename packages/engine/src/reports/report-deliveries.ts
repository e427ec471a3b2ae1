import type { Channels } from '@wherry/core/ports/channels';
import type { Clock } from '@wherry/core/ports/clock';
import type { ReportStore } from '@wherry/core/ports/report-store';
import type { Report, ReportDelivery } from '@wherry/core/report';
import { rendered } from './rendered.ts';

export interface DeliveryParts {
  readonly clock: Clock;
  readonly store: ReportStore;
  readonly channels: Channels;
  readonly problem: (message: string) => void;
  /** Behind everything else that changes what is kept. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Of one report so many are handed over at once: one receiver that says nothing must not hold up all of the others. */
const mostAtOnce = 8;
/** A channel that takes nothing is tried again after longer and longer; after three days it is told no more. */
const firstWaitMs = 60_000;
const mostWaitMs = 3_600_000;
const mostAgeMs = 3 * 86_400_000;

/** Hands reports over until each was taken. Only what comes of it is noted in turn: nobody else waits for a receiver. */
export class ReportDeliveries {
  readonly #parts: DeliveryParts;
  readonly #stop = new AbortController();
  #pass: Promise<void> = Promise.resolve();
  #nextPass: Promise<void> | undefined;
  /** On the monotonic clock: not before, by key of the message. */
  readonly #restUntil = new Map<string, number>();

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Sends what was not sent. One pass at a time: whoever asks during one shares the next. Rejects where nothing can be read or noted. */
  send(): Promise<void> {
    this.#nextPass ??= this.#pass.then(() => {
      this.#nextPass = undefined;
      return this.#sendAll();
    });
    this.#pass = this.#nextPass.catch(() => undefined);
    return this.#nextPass;
  }

  /** Gives up what is being handed over: it stays due. Resolves when what was taken by then is noted. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.#pass;
  }

  /** With what became of its messages in the queue. One that was a dead letter may have been tried again since. */
  async fated<T extends Pick<Report, 'deliveries'>>(report: T): Promise<T> {
    const deliveries = await Promise.all(report.deliveries.map((one) => this.#fateOf(one)));
    return deliveries.every((one, at) => one === report.deliveries[at]) ? report : { ...report, deliveries };
  }

  async #sendAll(): Promise<void> {
    if (this.#stopped) return;
    for (const { id, deliveries } of await this.#parts.store.list())
      if (!this.#stopped && deliveries.some(isOpen)) await this.#send(id);
  }

  async #send(id: string): Promise<void> {
    const { store, inTurn } = this.#parts;
    const kept = await store.get(id);
    if (kept === undefined) return;
    const report = await this.fated(kept);
    const deliveries = await this.#deliverAll(report);
    if (deliveries.every((one, at) => one === kept.deliveries[at])) return;
    await inTurn(async () => {
      // Dropped since, or made anew by hand: then it is sent anew, under keys that the receivers know.
      const now = await store.get(id);
      if (JSON.stringify(now?.deliveries) !== JSON.stringify(kept.deliveries)) return;
      await store.put({ ...report, deliveries });
    });
  }

  async #deliverAll(report: Report): Promise<readonly ReportDelivery[]> {
    const deliveries = [...report.deliveries];
    const left = report.deliveries.entries();
    const some = async (): Promise<void> => {
      for (const [at, delivery] of left) deliveries[at] = await this.#deliver(report, delivery);
    };
    await Promise.all(Array.from({ length: mostAtOnce }, some));
    return deliveries;
  }

  async #deliver(report: Report, delivery: ReportDelivery): Promise<ReportDelivery> {
    const { clock, channels, problem } = this.#parts;
    const { channel, state } = delivery;
    const key = `wherry-report-${report.id}/${channel}`;
    if (this.#stopped || state !== 'due' || clock.monotonic() < (this.#restUntil.get(key) ?? 0))
      return delivery;
    const at = clock.now();
    const attempts = delivery.attempts + 1;
    const message = { ...rendered(report), channel, key, at: report.madeAt };
    try {
      const { id } = await channels.deliver(message, this.#stop.signal);
      this.#restUntil.delete(key);
      if (id === undefined) return { channel, state: 'sent', attempts, at };
      return { channel, state: 'queued', attempts, at, delivery: id };
    } catch (error) {
      // That it was given up says nothing of the channel.
      if (this.#stopped) return delivery;
      const cause = (error as Error).message;
      const wait = Math.min(mostWaitMs, firstWaitMs * 2 ** Math.min(20, attempts - 1));
      this.#restUntil.set(key, clock.monotonic() + wait);
      const over = at - report.madeAt > mostAgeMs;
      if (over || attempts === 1) problem(`the report ${report.id} was not sent to ${channel}: ${cause}`);
      return { channel, state: over ? 'failed' : 'due', attempts, at, cause };
    }
  }

  async #fateOf(delivery: ReportDelivery): Promise<ReportDelivery> {
    const { delivery: id, state } = delivery;
    if (id === undefined || state === 'due' || state === 'sent') return delivery;
    const fate = await this.#parts.channels.fate(id);
    const is = fate ?? { state: 'failed', cause: 'the queue knows nothing of it any more' };
    const { cause: _, ...rest } = delivery;
    if (fate === undefined && state === 'failed') return delivery;
    if (is.state === state && ('cause' in is ? is.cause : undefined) === delivery.cause) return delivery;
    return { ...rest, ...is };
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }
}

/** Whether it is still to be told what becomes of it. */
function isOpen({ state, delivery }: ReportDelivery): boolean {
  return state === 'due' || state === 'queued' || (state === 'failed' && delivery !== undefined);
}
