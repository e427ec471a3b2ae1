// Long because: what people ask of reports, and when each is made, are changes of the same records, in turn.
import { WherryError, asWherryError } from '@wherry/core/errors';
import { checkName, printable } from '@wherry/core/names';
import type { Calendar } from '@wherry/core/ports/calendar';
import type { Channels } from '@wherry/core/ports/channels';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { ReportStore } from '@wherry/core/ports/report-store';
import type { Report, ReportLength, ReportSubscription } from '@wherry/core/report';
import { type Period, Periods } from '../periods/periods.ts';
import { type FigureParts, figuresOf } from './figures.ts';
import { periodName } from './period-names.ts';
import { ReportDeliveries } from './report-deliveries.ts';

export interface ReportParts extends FigureParts {
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly store: ReportStore;
  readonly channels: Channels;
  /** Numbers and records up to now are in the history. */
  readonly settled: () => Promise<void>;
  readonly problem: (message: string) => void;
}

/** What somebody wants to see now; sent to nobody unless channels are named. */
export interface ReportWish {
  readonly every: ReportLength;
  readonly zone: string;
  readonly namespace?: string;
  /** A moment in the period; the last one that is over unless given. */
  readonly of?: number;
  readonly channels?: readonly string[];
}

const lookMs = 60_000;
/** Of a gateway that was off for long, so many are made up for. */
const mostMissed = 31;
const mostKept = 500;
const mostSubscriptions = 100;
/** A stop waits for so long for what is being made and noted. */
const closeMs = 5_000;
const component = 'reports';

/**
 * Reports at their times, each of them once. A report is a record before it is sent, one for each subscription and period, and a message of the
 * same key however often it is handed over: whatever dies in between, the next look goes on from the record.
 */
export class ReportBook {
  readonly #parts: ReportParts;
  readonly #deliveries: ReportDeliveries;
  #timer: Cancel | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: ReportParts) {
    this.#parts = parts;
    this.#deliveries = new ReportDeliveries({ ...parts, inTurn: (work) => this.#inTurn(work) });
  }

  /** Makes and sends what is due from now on, and what was missed. */
  start(): void {
    this.#timer = this.#parts.clock.every(lookMs, () => void this.look());
    void this.look();
  }

  /** What is being handed over is given up, and stays due. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    const over = Promise.all([this.#deliveries.stop(), this.#turn]);
    // Neither a receiver nor a slow disk must keep the gateway from ending.
    await new Promise<void>((resolve) => {
      const late = this.#parts.clock.after(closeMs, resolve);
      void over.then(() => {
        late();
        resolve();
      });
    });
  }

  subscriptions(): Promise<readonly ReportSubscription[]> {
    return this.#parts.store.subscriptions();
  }

  /** From the period on that is under way. Throws `bad_name`, `bad_value`, `channel_refused`, `conflict`. */
  subscribe(wish: Omit<ReportSubscription, 'since'>): Promise<ReportSubscription> {
    return this.#inTurn(async () => {
      checkName('token', wish.name);
      for (const channel of wish.channels) this.#parts.channels.check(channel);
      const all = await this.#parts.store.subscriptions();
      if (all.some(({ name }) => name === wish.name))
        throw new WherryError('conflict', `there is a subscription ${wish.name}`, {
          component,
          next: `Take it back first: wherry reports unsubscribe ${wish.name}`,
        });
      if (all.length >= mostSubscriptions)
        throw new WherryError('bad_value', `there are ${mostSubscriptions} subscriptions already`, {
          component,
        });
      const since = this.#periods(wish).at(this.#parts.clock.now()).from;
      const subscription = { ...wish, since };
      await this.#parts.store.putSubscription(subscription);
      return subscription;
    });
  }

  /** When its next report is made; undefined while it rests. */
  nextOf(subscription: ReportSubscription): number | undefined {
    if (subscription.paused === true) return undefined;
    return this.#dueAt(subscription, this.#periods(subscription).at(subscription.since));
  }

  /** Throws `subscription_unknown`. */
  unsubscribe(name: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!(await this.#parts.store.removeSubscription(name))) throw noSubscription(name);
    });
  }

  /** Nothing is made any more until it is resumed; then from the period on that is under way. Throws `subscription_unknown`. */
  pause(name: string, paused: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const found = (await this.#parts.store.subscriptions()).find((one) => one.name === name);
      if (found === undefined) throw noSubscription(name);
      if ((found.paused ?? false) === paused) return;
      const { paused: _, ...rest } = found;
      const since = this.#periods(found).at(this.#parts.clock.now()).from;
      await this.#parts.store.putSubscription(paused ? { ...rest, paused } : { ...rest, since });
    });
  }

  /** Names of the subscriptions that a channel gets. */
  async namesTo(channel: string): Promise<readonly string[]> {
    const all = await this.#parts.store.subscriptions();
    return all.filter(({ channels }) => channels.includes(channel)).map(({ name }) => name);
  }

  /** Newest first. What was queued when it was looked at last is looked up: whoever asks is told what is so now. */
  async list(): Promise<readonly Omit<Report, 'figures'>[]> {
    return Promise.all((await this.#parts.store.list()).map((report) => this.#deliveries.fated(report)));
  }

  /** Throws `report_unknown`. */
  async get(id: string): Promise<Report> {
    const found = await this.#parts.store.get(id);
    if (found === undefined) throw unknown(`${printable(id)} is no report here`);
    return this.#deliveries.fated(found);
  }

  /** A report now, kept like the others. Throws `channel_refused`. */
  async make(wish: ReportWish): Promise<Report> {
    for (const channel of wish.channels ?? []) this.#parts.channels.check(channel);
    const report = await this.#inTurn(async () => {
      const made = await this.#now(wish);
      await this.#parts.store.put(made);
      return made;
    });
    if (report.deliveries.length > 0) void this.look();
    return report;
  }

  /** The same, kept by nobody. */
  preview(wish: ReportWish): Promise<Report> {
    return this.#inTurn(() => this.#now({ ...wish, channels: [] }));
  }

  /** Makes what is due and sends what was not sent. Never rejects. */
  async look(): Promise<void> {
    try {
      await this.#inTurn(() => this.#makeAllDue());
      await this.#deliveries.send();
      // Whoever closed waits for nothing that begins now.
      if (!this.#closed) await this.#inTurn(() => this.#parts.store.keep(mostKept));
    } catch (error) {
      this.#parts.problem(`reports wait: ${asWherryError(error, component).message}`);
    }
  }

  async #makeAllDue(): Promise<void> {
    for (const subscription of await this.#parts.store.subscriptions())
      try {
        if (subscription.paused === true) continue;
        await this.#makeDue(subscription);
      } catch (error) {
        this.#parts.problem(`the report ${subscription.name} waits: ${(error as Error).message}`);
      }
  }

  async #makeDue(subscription: ReportSubscription): Promise<void> {
    const { clock, store } = this.#parts;
    const due: Period[] = [];
    const periods = this.#periods(subscription);
    let one = periods.at(subscription.since);
    for (; this.#dueAt(subscription, one) <= clock.now(); one = periods.after(one)) due.push(one);
    for (const period of due.slice(-mostMissed)) {
      if (this.#closed) return;
      const id = idOf(subscription, period);
      if ((await store.get(id)) === undefined) await store.put(await this.#reportOf(subscription, period));
      // Behind the report: a crash between the two finds it there.
      await store.putSubscription({ ...subscription, since: period.to });
    }
  }

  #now(wish: ReportWish): Promise<Report> {
    const periods = this.#periods(wish);
    const now = this.#parts.clock.now();
    const period = wish.of === undefined ? periods.before(periods.at(now)) : periods.at(wish.of);
    const name = `now-${Math.floor(now).toString(36)}`;
    return this.#reportOf({ ...wish, name, channels: wish.channels ?? [] }, period);
  }

  /** When the report of a period is made: the first such time of day once it is over. */
  #dueAt({ at, zone }: ReportSubscription, { to }: Period): number {
    const time = `${at % 60} ${Math.floor(at / 60)} * * *`;
    return this.#parts.calendar.read(time, zone).next(to - 1) ?? Infinity;
  }

  async #reportOf(
    { name, every, zone, namespace, channels }: Omit<ReportSubscription, 'since' | 'at'>,
    period: Period,
  ): Promise<Report> {
    const before = this.#periods({ every, zone }).before(period);
    await this.#parts.settled();
    const figures = await figuresOf(this.#parts, period, before, namespace);
    return {
      ...{ id: idOf({ name, every, zone }, period), subscription: name, every, zone },
      ...(namespace === undefined ? {} : { namespace }),
      ...{ ...period, madeAt: this.#parts.clock.now(), figures },
      deliveries: channels.map((channel) => ({ channel, state: 'due', attempts: 0 })),
    };
  }

  #periods({ every, zone }: { readonly every: ReportLength; readonly zone: string }): Periods {
    return new Periods(this.#parts.calendar, every, zone);
  }

  /** One thing at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function idOf(
  { name, every, zone }: Pick<ReportSubscription, 'name' | 'every' | 'zone'>,
  period: Period,
): string {
  return `${name}-${periodName(every, zone, period)}`;
}

function unknown(cause: string): WherryError {
  return new WherryError('report_unknown', cause, { component });
}

function noSubscription(name: string): WherryError {
  return new WherryError('subscription_unknown', `there is no subscription ${printable(name)}`, {
    component,
  });
}
