import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { WherryError } from '@wherry/core/errors';
import { createPrivate } from './home-lock.ts';
import { Reserve } from './reserve.ts';
import { migrations } from './migrations/list.ts';
import { notedSchema, noteSchema, schemaFault, schemaWriter } from './schema-note.ts';
import { checkHeader, pageBytes } from './header-check.ts';
import { damagedFile, failureOf } from './sqlite-failure.ts';

/** Pages in the log before it is brought into the database: SQLite's own number. */
const logPages = 1_000;
/** How long one connection waits for the other. */
const busyMs = 5_000;

/**
 * The one database file, on two connections: how hard a commit is flushed belongs to a connection. What must not be lost is
 * written through `durable` (flushed before the commit returns), what happened through `history` (flushed with the next checkpoint).
 */
export class DatabaseFile {
  readonly path: string;
  readonly durable: DatabaseSync;
  readonly history: DatabaseSync;
  readonly #reserve: Reserve;
  readonly #pages: StatementSync;

  constructor(home: string) {
    this.path = join(home, 'wherry.db');
    createPrivate(this.path);
    checkHeader(this.path);
    const opened: DatabaseSync[] = [];
    try {
      const open = (synchronous: 'FULL' | 'NORMAL') => {
        const connection = new DatabaseSync(this.path, { timeout: busyMs });
        opened.push(connection);
        // Only in a new file: setting it writes and flushes even where it is set already, at every start.
        const vacuum = connection.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'];
        checkHeader(this.path);
        if (vacuum !== 2) connection.exec('PRAGMA auto_vacuum=INCREMENTAL');
        connection.exec(
          `PRAGMA journal_mode=WAL; PRAGMA synchronous=${synchronous};
           PRAGMA journal_size_limit=16777216; PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-1024`,
        );
        return connection;
      };
      this.durable = open('FULL');
      migrate(this.durable, this.path);
      const fault = schemaFault(this.durable);
      if (fault !== undefined) throw damagedFile(this.path, fault);
      this.history = open('NORMAL');
      this.#pages = this.durable.prepare(
        'SELECT page_count AS pages, freelist_count AS free FROM pragma_page_count, pragma_freelist_count',
      );
      this.#reserve = new Reserve(home);
      this.#reserve.fill();
    } catch (error) {
      for (const connection of opened) connection.close();
      throw asDamage(error, this.path);
    }
  }

  /** Does all of `work` or nothing of it. */
  transaction<T>(connection: DatabaseSync, work: () => T): T {
    try {
      connection.exec('BEGIN IMMEDIATE');
      const outcome = work();
      connection.exec('COMMIT');
      return outcome;
    } catch (error) {
      // SQLite has rolled back by itself after some errors; asking again would hide the first one.
      if (connection.isOpen && connection.isTransaction) connection.exec('ROLLBACK');
      throw failureOf(error, this.path);
    }
  }

  /**
   * A durable transaction that must go through on a full disk too, because it gives room back or says how something ended. `again` is
   * called before `work` is done a second time.
   */
  release<T>(work: () => T, again: () => void = () => {}): T {
    try {
      return this.transaction(this.durable, work);
    } catch (error) {
      if (!(error instanceof WherryError) || error.code !== 'storage_full') throw error;
    }
    again();
    const room = this.#reserve.spend();
    try {
      if (this.#growth() < room) this.#emptyLog();
      // Nor by itself, when there is not the room for all of it.
      this.durable.exec('PRAGMA wal_autocheckpoint=0');
      return this.transaction(this.durable, work);
    } finally {
      if (this.durable.isOpen) this.durable.exec(`PRAGMA wal_autocheckpoint=${logPages}`);
      this.#reserve.fill();
    }
  }

  /** How many bytes longer the database becomes by what is in its log. */
  #growth(): number {
    const number = (name: string) => Number(this.durable.prepare(`PRAGMA ${name}`).get()?.[name]);
    return number('page_count') * number('page_size') - statSync(this.path).size;
  }

  /**
   * Brings the log into the database and gives its room back; else it would only grow. Where a reader is in the way it stays. Half of this
   * would be worse than nothing: the database would keep the room and the log too.
   */
  #emptyLog(): void {
    try {
      this.durable.exec('PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // What is to be done now may need less.
    } finally {
      this.durable.exec(`PRAGMA busy_timeout=${busyMs}`);
    }
  }

  /** What is in the file, without the pages that are free. */
  heldBytes(): number {
    const { pages, free } = this.#pages.get() as { pages: number; free: number };
    return (pages - free) * pageBytes;
  }

  /** Throws `storage_damaged` unless the structure of the file is sound. Reads all of it. */
  mustBeWhole(): void {
    const [first] = this.durable.prepare('PRAGMA integrity_check(1)').all();
    const found = String(first?.['integrity_check']);
    if (found !== 'ok') throw damagedFile(this.path, found.replace(/\s+/g, ' '));
  }

  /** Gives back what is cached. */
  shrink(): void {
    for (const connection of [this.history, this.durable])
      if (connection.isOpen) connection.exec('PRAGMA shrink_memory');
  }

  close(): void {
    for (const connection of [this.history, this.durable]) if (connection.isOpen) connection.close();
  }
}

/** A file of ours that SQLite does not understand when it is opened was changed by something else. */
function asDamage(error: unknown, path: string): WherryError {
  const failure = failureOf(error, path);
  const { errcode } = (failure.cause ?? {}) as { errcode?: number };
  return errcode === 1 ? damagedFile(path, failure.message, error) : failure;
}

/** Makes the data folder, for its owner only. An existing one that isn't ours keeps its mode. */
export function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = `${home} cannot be made: ${(error as Error).message}`;
    throw new WherryError('storage_failed', message, { component: 'storage', cause: error });
  }
  try {
    chmodSync(home, 0o700);
  } catch {
    // Somebody else's folder, or a file system without modes: whoever gave it to us answers for it.
  }
}

/** Brings the schema up to date, each step in a transaction that also notes the step, so that a crash repeats or skips none. */
export function migrate(connection: DatabaseSync, path: string, steps: readonly string[] = migrations): void {
  const at = () => Number(connection.prepare('PRAGMA user_version').get()?.['user_version']);
  if (at() > steps.length) {
    // A newer program has noted its own number a second time; a flipped bit has not.
    const noted = notedSchema(connection);
    if (noted !== undefined && noted <= steps.length)
      throw damagedFile(path, `its header says schema ${at()}, and it is ${noted}`);
    const message = `${path} has schema ${at()}${noted === undefined ? '' : schemaWriter(connection)}; this program knows schemas up to ${steps.length}`;
    throw new WherryError('data_newer', message, { component: 'storage' });
  }
  for (let step = at(); step < steps.length; step += 1) {
    connection.exec('BEGIN IMMEDIATE');
    try {
      connection.exec(`${steps[step]};PRAGMA user_version=${step + 1}`);
      noteSchema(connection, step + 1);
      connection.exec('COMMIT');
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  }
}
