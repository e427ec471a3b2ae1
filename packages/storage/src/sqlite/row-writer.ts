import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** Rows to a statement: sixteen at once cost half of sixteen one by one; more gain nothing. */
export const group = 16;

/** What is known of the rows of a table, by columns: what is not bound costs nothing. */
export interface Habits {
  /** The first column is the row's number, and goes on by one from the last row: SQLite finds that place without looking for it. */
  readonly numbered: boolean;
  /** Where rows that follow each other often have the same; columns that change together stand together. */
  readonly repeated: readonly (readonly number[])[];
}

const none: Habits = { numbered: false, repeated: [] };

/** Inserts rows at the end of a table. Only within a transaction that calls `finish` before it commits. */
export class RowWriter {
  readonly #connection: DatabaseSync;
  readonly #table: string;
  readonly #columns: number;
  readonly #habits: Habits;
  readonly #one: StatementSync;
  /** For groups, by what of the repeated is the same in all rows, a bit for each. */
  readonly #groups = new Map<number, Group>();
  #rows: SQLInputValue[][];
  #filled = 0;

  constructor(connection: DatabaseSync, table: string, columns: number, habits: Habits = none) {
    this.#connection = connection;
    this.#table = table;
    this.#columns = columns;
    this.#habits = habits;
    this.#one = this.#insert(1, 0, () => '?');
    this.#rows = this.#empty();
  }

  /** The values of the next row, to be filled in and then `written`. */
  row(): SQLInputValue[] {
    return this.#rows[this.#filled]!;
  }

  written(): void {
    this.#filled += 1;
    if (this.#filled < group) return;
    this.#insertGroup(this.#same());
    this.reset();
  }

  finish(): void {
    const left = this.#rows.slice(0, this.#filled);
    this.reset();
    for (const values of left) this.#one.run(...values);
    // What was bound must not stay in memory until the next batch.
    this.#rows = this.#empty();
    for (const { values: bound } of this.#groups.values()) bound.fill(null);
  }

  /** Forgets rows of a transaction that failed. */
  reset(): void {
    this.#filled = 0;
  }

  #insertGroup(same: number): void {
    let found = this.#groups.get(same);
    if (found === undefined) this.#groups.set(same, (found = this.#prepare(same)));
    const { first, others, values, statement } = found;
    let next = 0;
    for (let at = 0; at < group; at += 1) {
      const row = this.#rows[at]!;
      const columns = at === 0 ? first : others;
      for (let i = 0; i < columns.length; i += 1) values[next++] = row[columns[i]!]!;
    }
    const { lastInsertRowid } = statement.run(...values);
    const expected = this.#rows[group - 1]![0];
    if (this.#habits.numbered && lastInsertRowid !== expected)
      throw new Error(`${this.#table} ends with row ${lastInsertRowid} instead of ${String(expected)}`);
  }

  #same(): number {
    const [first] = this.#rows as [SQLInputValue[]];
    let same = 0;
    const { repeated } = this.#habits;
    for (let bit = 0; bit < repeated.length; bit += 1)
      if (repeated[bit]!.every((column) => this.#rows.every((row) => row[column] === first[column])))
        same |= 1 << bit;
    return same;
  }

  #prepare(same: number): Group {
    const from = this.#habits.numbered ? 1 : 0;
    const once = this.#habits.repeated.filter((_, bit) => (same >> bit) & 1).flat();
    const first = columnsFrom(from, this.#columns);
    const others = first.filter((column) => !once.includes(column));
    // No more numbers than needed: SQLite looks them up in a list.
    const place = (row: number, column: number): string =>
      row > 0 && once.includes(column) ? `?${first.indexOf(column) + 1}` : '?';
    const values = new Array<SQLInputValue>(first.length + (group - 1) * others.length).fill(null);
    return { first, others, values, statement: this.#insert(group, from, place) };
  }

  /** Into the columns from one on. */
  #insert(rows: number, from: number, place: (row: number, column: number) => string): StatementSync {
    const described = this.#connection.prepare(`PRAGMA table_info(${this.#table})`).all();
    const names = described.slice(from).map(({ name }) => `"${String(name)}"`);
    const columns = columnsFrom(from, this.#columns);
    const row = (_: unknown, at: number): string =>
      `(${columns.map((column) => place(at, column)).join(',')})`;
    const values = Array.from({ length: rows }, row);
    return this.#connection.prepare(
      `INSERT INTO ${this.#table} (${names.join(',')}) VALUES ${values.join(',')}`,
    );
  }

  #empty(): SQLInputValue[][] {
    return Array.from({ length: group }, () => new Array<SQLInputValue>(this.#columns).fill(null));
  }
}

function columnsFrom(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, column) => column).slice(from);
}

/** A statement for a whole group, and which columns it takes: of the first row, and of those after it. */
interface Group {
  readonly first: readonly number[];
  readonly others: readonly number[];
  readonly values: SQLInputValue[];
  readonly statement: StatementSync;
}
