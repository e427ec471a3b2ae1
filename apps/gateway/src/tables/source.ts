import type { Words } from '@wherry/core/rules/row-search';
import type { TableFilters } from '@wherry/core/table-filters';
import type { Platform } from '@wherry/engine/platform';
import type { ColumnOf } from './columns.ts';
import type { Viewer } from './viewer.ts';

/** What a table is made from, of what, and for whom. */
export interface TableWish {
  readonly platform: Platform;
  readonly filters: TableFilters;
  readonly viewer: Viewer;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Fires when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** A table whose columns are always the same. */
export interface Source<T> {
  readonly columns: readonly ColumnOf<T>[];
  /** What the filter `text` looks through; absent where the table has none, or knows a better way. */
  readonly words?: (of: T) => Words;
  /** Each page is asked for once the one before was taken. */
  pages(wish: TableWish): AsyncIterable<readonly T[]>;
}
