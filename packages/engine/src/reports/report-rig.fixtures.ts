// A report book on stores that outlive it, so that a test can let it die anywhere and begin another.
import type { ChannelMessage, Channels, MessageFate } from '@wherry/core/ports/channels';
import type { ReportStore } from '@wherry/core/ports/report-store';
import { queries } from '@wherry/query/queries';
import { MemoryAuditLog } from '@wherry/storage/memory/audit-log';
import { MemoryMetricHistory } from '@wherry/storage/memory/metric-history';
import { MemoryReportStore } from '@wherry/storage/memory/report-store';
import { SimulatedClock } from '@wherry/testkit/simulated-clock';
import { cronCalendar } from '@wherry/triggers/cron-calendar';
import { durationHistory } from '../metrics/duration-history.ts';
import { UsageBook } from '../usage/usage-book.ts';
import { ReportBook } from './report-book.ts';

/** A receiver that keeps what it was told by its key, as every channel promises. */
export class Receiver implements Channels {
  readonly told = new Map<string, ChannelMessage>();
  /** Every time that something was handed over. */
  readonly handed: ChannelMessage[] = [];
  refuses = false;

  check(): void {}

  /** Of those that are queued, by their keys; empty where what is handed over is there at once. */
  readonly fates = new Map<string, MessageFate>();

  async fate(id: string): Promise<MessageFate> {
    return this.fates.get(id);
  }

  async deliver(message: ChannelMessage): Promise<{ readonly id?: string }> {
    if (this.refuses) throw new Error('nobody is there');
    this.handed.push(message);
    if (!this.told.has(message.key)) this.told.set(message.key, message);
    return this.fates.has(message.key) ? { id: message.key } : {};
  }
}

export class ReportRig {
  readonly clock: SimulatedClock;
  readonly store = new MemoryReportStore();
  readonly history = new MemoryMetricHistory();
  readonly audit = new MemoryAuditLog();
  readonly receiver = new Receiver();
  readonly problems: string[] = [];

  constructor(startsAt: string) {
    this.clock = new SimulatedClock(Date.parse(startsAt));
  }

  book(parts: { readonly store?: ReportStore; readonly channels?: Channels } = {}): ReportBook {
    return new ReportBook({
      ...{ clock: this.clock, calendar: cronCalendar, store: this.store, channels: this.receiver },
      ...{
        usage: new UsageBook(this.history, cronCalendar),
        history: durationHistory(this.history),
        queries,
      },
      ...{ audit: this.audit, settled: async () => {} },
      problem: (message) => void this.problems.push(message),
      ...parts,
    });
  }

  /** Lets the wall clock and the other one go on. */
  async to(text: string): Promise<void> {
    await this.clock.advance(Date.parse(text) - this.clock.now());
  }
}

/** Passes everything on until so many steps were made; then whoever uses it is dead: nothing it asks for ever comes back. */
export function mortal<T extends object>(of: T, life: { steps: number }): T {
  return new Proxy(of, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        life.steps -= 1;
        if (life.steps < 0) return new Promise(() => undefined);
        const result = Reflect.apply(member as (...all: unknown[]) => unknown, target, args);
        // Done, but nobody hears of it any more.
        return life.steps === 0 ? Promise.resolve(result).then(() => new Promise(() => undefined)) : result;
      };
    },
  });
}
