/** What a column holds. `time` is milliseconds since 1970 here; whoever writes it says it as its format does. */
export type ColumnKind = 'text' | 'number' | 'time' | 'flag';

/** Undefined is an empty cell. */
export type Cell = string | number | boolean | undefined;

export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Cells in the order of the columns. */
export type Row = readonly Cell[];

/** Rows under named columns, to be read once. They come page by page, so that a table needs no more memory than a page of it. */
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly pages: AsyncIterable<readonly Row[]>;
}
