import type { AuditEntry, AuditOutcome } from '@wherry/core/audit-record';
import type { AuditAppend, AuditLog } from '@wherry/core/ports/audit-log';
import type { Clock } from '@wherry/core/ports/clock';
import { Refusals } from './refusals.ts';

/** A day. */
const pruneMs = 86_400_000;
/** Outcomes that the log could not take, and that are tried again. Their intents are on the disk all the same. */
const mostOwed = 1000;

/** Something that is being done, and was noted before it began. */
export interface Underway {
  readonly entry: AuditEntry;
  readonly intent: number;
}

/** Who changed what. A change that cannot be noted is not made. */
export class AuditBook {
  readonly log: AuditLog;
  readonly #clock: Clock;
  readonly #problem: (message: string) => void;
  readonly #refusals: Refusals;
  #owed: AuditAppend[] = [];

  constructor(log: AuditLog, clock: Clock, problem: (message: string) => void) {
    this.log = log;
    this.#clock = clock;
    this.#problem = problem;
    this.#refusals = new Refusals(clock, (entry) => this.#append([{ entry }]));
  }

  /** Takes up what an earlier process left. A log that cannot be written keeps nobody from starting: calls are answered. */
  async open(): Promise<void> {
    try {
      const left = await this.log.recover(this.#clock.now());
      if (left > 0)
        this.#problem(
          `${left} changes were under way when the gateway ended: wherry audit list --outcome unknown`,
        );
    } catch (error) {
      this.#problem(
        `the audit log cannot be written, so nothing can be changed: ${(error as Error).message}`,
      );
    }
  }

  /** Flushed when it resolves. Throws `audit_unavailable`: then it must not be done. */
  async begin(entry: Omit<AuditEntry, 'at'>, frees: boolean): Promise<Underway> {
    const noted = { ...entry, at: Math.round(this.#clock.now()) };
    return { entry: noted, intent: await this.log.begin(noted, frees) };
  }

  /** Never rejects: what was noted is on the disk, and its outcome is tried again with the next. */
  end({ entry, intent }: Underway, outcome: AuditOutcome): Promise<void> {
    return this.#append([{ entry: { ...entry, ...outcome }, intent }]);
  }

  /** What the platform did by itself, when it is done. Never rejects. */
  did(entry: Omit<AuditEntry, 'at'>, outcome: AuditOutcome): Promise<void> {
    return this.#append([{ entry: { ...entry, ...outcome, at: Math.round(this.#clock.now()) } }]);
  }

  /** Somebody was refused. The first of its kind gets a record at once; its repeats are counted into one. */
  async refused(entry: Omit<AuditEntry, 'at'>, outcome: AuditOutcome, underway?: Underway): Promise<void> {
    const at = Math.round(this.#clock.now());
    await this.#refusals.note({ ...entry, ...outcome, at });
    if (underway === undefined) return;
    // Left behind it would become a change of which nobody knows the end.
    await this.log.drop(underway.intent).catch((error: Error) => this.#problem(error.message));
  }

  /** Not oftener than once a day's worth is too old: each time is a record, too. */
  async prune(before: number): Promise<void> {
    const [oldest] = await this.log.read(0, 1);
    if (oldest === undefined) return;
    const [record] = await this.log.find({ before: oldest.seq + 1, limit: 1 });
    if (record === undefined || record.at >= before - pruneMs) return;
    await this.log.prune(before, Math.round(this.#clock.now()));
  }

  async close(): Promise<void> {
    await this.#refusals.flush();
  }

  async #append(records: readonly AuditAppend[]): Promise<void> {
    const all = [...this.#owed, ...records];
    this.#owed = [];
    try {
      await this.log.append(all);
    } catch (error) {
      this.#owed = [...all, ...this.#owed].slice(-mostOwed);
      this.#problem(`an outcome was not audited yet: ${(error as Error).message}`);
    }
  }
}
