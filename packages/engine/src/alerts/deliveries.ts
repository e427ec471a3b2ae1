import type { AlertEvent } from '@wherry/core/alert';
import type { Settlement } from '@wherry/core/ports/call-queue';
import type { AlertParts } from './alert-parts.ts';
import type { AlertRecords } from './alert-records.ts';

/** What became of messages: counted, audited, and in the history. */
export class Deliveries {
  readonly #parts: Pick<AlertParts, 'clock' | 'ids' | 'audit' | 'problem'>;
  readonly #records: AlertRecords;
  /** Since the start, by channel. */
  readonly counts = new Map<string, { sent: number; failed: number }>();

  constructor(parts: Pick<AlertParts, 'clock' | 'ids' | 'audit' | 'problem'>, records: AlertRecords) {
    this.#parts = parts;
    this.#records = records;
  }

  /** An attempt ended. What is tried again is no news: the queue shows it. Of reports the history of alerts has nothing. Never throws. */
  over(channel: string, outcome: Settlement, about?: 'report'): void {
    if (outcome.to === 'waiting') return;
    const sent = outcome.to === 'done';
    const counts = this.counts.get(channel) ?? { sent: 0, failed: 0 };
    this.counts.set(channel, counts);
    counts[sent ? 'sent' : 'failed'] += 1;
    const { clock, ids, audit, problem } = this.#parts;
    const says = sent ? undefined : outcome.note.cause;
    if (!sent) problem(`a message to the channel ${channel} was given up: ${says}`);
    const subject = about === undefined ? 'alerts' : 'reports';
    const what = `${subject}.${sent ? 'sent' : 'failed'}`;
    void audit.did(
      { who: `(${subject})`, from: '', what, method: '', name: channel, call: outcome.id },
      sent ? { status: outcome.result.status } : { status: outcome.note.status ?? 0, error: outcome.reason },
    );
    if (about !== undefined) return;
    const event: AlertEvent = {
      ...{ id: ids.callId(), at: Math.round(clock.now()), what: sent ? 'sent' : 'failed' },
      ...{
        rule: this.#ruleOf(outcome.id),
        channel,
        delivery: outcome.id,
        ...(says === undefined ? {} : { says }),
      },
    };
    // The audit log has it; a store that keeps nothing is the watchdog's.
    void this.#records.write([{ kind: 'event', id: event.id, body: event }]).catch(() => undefined);
  }

  /** Empty for a test. A message may have arrived before it was noted that it is queued. */
  #ruleOf(delivery: string): string {
    const queued = [...this.#records.of('event').values()].find((one) => one.delivery === delivery);
    const groups = [...this.#records.of('group').values()];
    return queued?.rule ?? groups.find(({ unsent }) => unsent?.some(({ id }) => id === delivery))?.rule ?? '';
  }
}
