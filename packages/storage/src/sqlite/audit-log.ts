import type { AuditEntry, AuditRecord, AuditVerdict, ChainedRecord } from '@wherry/core/audit-record';
import { WherryError } from '@wherry/core/errors';
import type { AuditAppend, AuditLog, AuditQuery } from '@wherry/core/ports/audit-log';
import type { SqliteThread } from './sqlite-thread.ts';

/** The audit log in the embedded database. */
export class SqliteAuditLog implements AuditLog {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  recover(): Promise<number> {
    return writing(this.#thread.ask('audit', 'recover', []));
  }

  begin(entry: AuditEntry, frees: boolean): Promise<number> {
    return writing(this.#thread.ask('audit', 'begin', [entry, frees]));
  }

  drop(intent: number): Promise<void> {
    return writing(this.#thread.ask('audit', 'drop', [intent]));
  }

  append(records: readonly AuditAppend[]): Promise<void> {
    return writing(this.#thread.ask('audit', 'append', [records]));
  }

  find(query: AuditQuery): Promise<readonly AuditRecord[]> {
    return this.#thread.ask('audit', 'find', [query]);
  }

  read(after: number, limit: number): Promise<readonly ChainedRecord[]> {
    return this.#thread.ask('audit', 'read', [after, limit]);
  }

  verify(): Promise<AuditVerdict> {
    return this.#thread.ask('audit', 'verify', []);
  }

  head(): Promise<Omit<ChainedRecord, 'body'>> {
    return this.#thread.ask('audit', 'head', []);
  }

  prune(before: number, at: number): Promise<number> {
    return writing(this.#thread.ask('audit', 'prune', [before, at]));
  }
}

/** Whatever keeps a record from the disk, whoever wanted to change something is told the same. */
async function writing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WherryError && error.code === 'audit_unavailable') throw error;
    throw new WherryError('audit_unavailable', (error as Error).message, {
      component: 'audit',
      cause: error,
    });
  }
}
