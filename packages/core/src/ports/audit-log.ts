import type { AuditEntry, AuditOutcome, AuditRecord, AuditVerdict, ChainedRecord } from '../audit-record.ts';

/** unknown: the process ended before it was known. */
export const auditOutcomes = ['done', 'refused', 'unknown'] as const;
export type AuditOutcomeName = (typeof auditOutcomes)[number];

/** What to look for; all that is given must fit. Texts are compared as a whole. */
export interface AuditQuery {
  readonly who?: string;
  readonly what?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Not before; milliseconds since 1970. */
  readonly since?: number;
  /** Not after. */
  readonly until?: number;
  readonly outcome?: AuditOutcomeName;
  /** Only records with smaller numbers: the last number of a page leads to the next. */
  readonly before?: number;
  readonly limit: number;
}

/** A record to be put into the chain. `intent`: what `begin` gave for it, which is over with that. */
export interface AuditAppend {
  readonly entry: AuditEntry & AuditOutcome;
  readonly intent?: number;
}

/**
 * Who changed what: append-only, every record chained to the one before. A change is noted before it is made (`begin`), and gets its place in
 * the chain once it is known how it ended (`append`). Every write is flushed when it resolves; all throw `audit_unavailable`, and then
 * nothing was written.
 */
export interface AuditLog {
  /**
   * Takes up intents that an earlier process left: each becomes a record with status 0, for nobody knows whether it was done. Resolves
   * with how many there were. Called once, before `begin`.
   */
  recover(at: number): Promise<number>;
  /** Notes what is about to be done. `frees`: it gives room back, and so must go through on a full disk as well. */
  begin(entry: AuditEntry, frees: boolean): Promise<number>;
  /** Takes an intent back: it was refused, and nothing was done. */
  drop(intent: number): Promise<void>;
  /** Records, in this order, all or none. */
  append(records: readonly AuditAppend[]): Promise<void>;
  /** Newest first. */
  find(query: AuditQuery): Promise<readonly AuditRecord[]>;
  /** At most `limit` records after this number, oldest first, as they are kept, whether or not they are sound. */
  read(after: number, limit: number): Promise<readonly ChainedRecord[]>;
  /** Reads the whole chain and holds it against its head. */
  verify(): Promise<AuditVerdict>;
  /** What is noted apart from the chain of its newest record, to be handed on with an export. */
  head(): Promise<Omit<ChainedRecord, 'body'>>;
  /**
   * Drops records from before this time, but never the newest; a record in the chain then says up to where, and proves it. Resolves with how
   * many went.
   */
  prune(before: number, at: number): Promise<number>;
}
