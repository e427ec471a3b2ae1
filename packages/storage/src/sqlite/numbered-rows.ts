import type { DatabaseSync } from 'node:sqlite';

/** The numbered rows that blocks are of, wherever they lie. */
export interface NumberedRows {
  /** No row has a higher number; 0 without any. */
  last(): number;
  /** How many there are with these numbers. */
  count(first: number, last: number): number;
}

/** The rows of a table that has one for each. */
export function rowsOf(connection: DatabaseSync, table: 'calls' | 'logs'): NumberedRows {
  const last = connection.prepare(`SELECT max(seq) AS seq FROM ${table}`);
  const count = connection.prepare(`SELECT count(*) AS n FROM ${table} WHERE seq BETWEEN ? AND ?`);
  return {
    last: () => Number(last.get()?.['seq'] ?? 0),
    count: (first, to) => Number(count.get(first, to)?.['n']),
  };
}
