import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** Rows to a statement: sixteen at once cost half of sixteen one by one; more gain nothing. */
const group = 16;

/** What most rows of a table have in some columns. */
type Usual = readonly (readonly [column: number, value: 0 | null])[];

/** Inserts rows at the end of a table. Only within a transaction that calls `finish` before it commits. */
export class RowWriter {
  readonly #columns: number;
  readonly #one: StatementSync;
  readonly #many: StatementSync;
  /** For rows that are as usual: what is not bound costs nothing. */
  readonly #lean: StatementSync;
  readonly #usual: Usual;
  readonly #others: readonly number[];
  #rows: SQLInputValue[][];
  #filled = 0;
  #isLean = true;

  constructor(connection: DatabaseSync, table: string, columns: number, usual: Usual = []) {
    this.#columns = columns;
    this.#usual = usual;
    const places = Array.from({ length: columns }, (_, column) => column);
    const said = new Map(usual);
    this.#others = places.filter((column) => !said.has(column));
    const into = (rows: number, literals: ReadonlyMap<number, 0 | null>): string => {
      const row = `(${places.map((column) => (literals.has(column) ? String(literals.get(column)) : '?')).join(',')})`;
      return `INSERT INTO ${table} VALUES ${new Array(rows).fill(row).join(',')}`;
    };
    this.#one = connection.prepare(into(1, new Map()));
    this.#many = connection.prepare(into(group, new Map()));
    this.#lean = connection.prepare(into(group, said));
    this.#rows = this.#empty();
  }

  /** The values of the next row, to be filled in and then `written`. */
  row(): SQLInputValue[] {
    return this.#rows[this.#filled]!;
  }

  written(): void {
    const row = this.#rows[this.#filled]!;
    for (const [column, value] of this.#usual) if (row[column] !== value) this.#isLean = false;
    this.#filled += 1;
    if (this.#filled < group) return;
    this.#filled = 0;
    if (this.#isLean) this.#lean.run(...this.#otherValues());
    else this.#many.run(...this.#rows.flat());
    this.#isLean = true;
  }

  finish(): void {
    const left = this.#rows.slice(0, this.#filled);
    this.reset();
    for (const values of left) this.#one.run(...values);
    // What was bound must not stay in memory until the next batch.
    this.#rows = this.#empty();
  }

  /** Forgets rows of a transaction that failed. */
  reset(): void {
    this.#filled = 0;
    this.#isLean = true;
  }

  #otherValues(): SQLInputValue[] {
    const values: SQLInputValue[] = [];
    for (const row of this.#rows) for (const column of this.#others) values.push(row[column]!);
    return values;
  }

  #empty(): SQLInputValue[][] {
    return Array.from({ length: group }, () => new Array<SQLInputValue>(this.#columns).fill(null));
  }
}
