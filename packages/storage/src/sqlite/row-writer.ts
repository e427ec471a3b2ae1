import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** Rows to a statement: sixteen at once cost half of sixteen one by one; more gain nothing. */
const group = 16;

/** Inserts rows at the end of a table. Only within a transaction that calls `finish` before it commits. */
export class RowWriter {
  readonly #columns: number;
  readonly #one: StatementSync;
  readonly #many: StatementSync;
  #rows: SQLInputValue[][];
  #filled = 0;

  constructor(connection: DatabaseSync, table: string, columns: number) {
    this.#columns = columns;
    const row = `(${new Array(columns).fill('?').join(',')})`;
    this.#one = connection.prepare(`INSERT INTO ${table} VALUES ${row}`);
    this.#many = connection.prepare(`INSERT INTO ${table} VALUES ${new Array(group).fill(row).join(',')}`);
    this.#rows = this.#empty();
  }

  /** The values of the next row, to be filled in and then `written`. */
  row(): SQLInputValue[] {
    return this.#rows[this.#filled]!;
  }

  written(): void {
    this.#filled += 1;
    if (this.#filled < group) return;
    this.#filled = 0;
    this.#many.run(...this.#rows.flat());
  }

  finish(): void {
    const left = this.#rows.slice(0, this.#filled);
    this.#filled = 0;
    for (const values of left) this.#one.run(...values);
    // What was bound must not stay in memory until the next batch.
    this.#rows = this.#empty();
  }

  /** Forgets rows of a transaction that failed. */
  reset(): void {
    this.#filled = 0;
  }

  #empty(): SQLInputValue[][] {
    return Array.from({ length: group }, () => new Array<SQLInputValue>(this.#columns).fill(null));
  }
}
