import type { Cell, ColumnKind, Row, TableColumn } from '@wherry/core/table';

/** A column with what it says of something. */
export interface ColumnOf<T> extends TableColumn {
  readonly cell: (of: T) => Cell;
}

export function column<T>(name: string, kind: ColumnKind, cell: (of: T) => Cell): ColumnOf<T> {
  return { name, kind, cell };
}

export const text = <T>(name: string, cell: (of: T) => Cell): ColumnOf<T> => column(name, 'text', cell);
export const number = <T>(name: string, cell: (of: T) => Cell): ColumnOf<T> => column(name, 'number', cell);
export const flag = <T>(name: string, cell: (of: T) => Cell): ColumnOf<T> => column(name, 'flag', cell);

/** Whole milliseconds, taken down: nobody reads parts of them, and `since` the time of a row has that row. */
export function time<T>(name: string, at: (of: T) => number | undefined): ColumnOf<T> {
  return column(name, 'time', (of) => {
    const ms = at(of);
    return ms === undefined ? undefined : Math.floor(ms);
  });
}

export function rowOf<T>(columns: readonly ColumnOf<T>[], of: T): Row {
  return columns.map(({ cell }) => cell(of));
}
