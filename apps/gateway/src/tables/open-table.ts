import { rowSearch } from '@wherry/core/rules/row-search';
import type { Row, Table } from '@wherry/core/table';
import type { TableName } from '@wherry/core/table-filters';
import { rowOf } from './columns.ts';
import { auditTable } from './audit-table.ts';
import { callsTable, endsTable, logsTable, queueTable, scalingTable } from './history-tables.ts';
import { metricsTable } from './metrics-table.ts';
import type { Source, TableWish } from './source.ts';
import {
  functionsTable,
  instancesTable,
  schedulesTable,
  secretsTable,
  tokensTable,
  usageTable,
} from './state-tables.ts';

/** A table under its name. Throws before its first row what keeps it from being read at all. */
export function openTable(name: TableName, wish: TableWish): Promise<Table> {
  switch (name) {
    case 'calls':
      return opened(name, callsTable, wish);
    case 'logs':
      return opened(name, logsTable, wish);
    case 'functions':
      return opened(name, functionsTable, wish);
    case 'instances':
      return opened(name, instancesTable, wish);
    case 'ends':
      return opened(name, endsTable, wish);
    case 'queue':
      return opened(name, queueTable, wish);
    case 'scaling':
      return opened(name, scalingTable, wish);
    case 'schedules':
      return opened(name, schedulesTable, wish);
    case 'secrets':
      return opened(name, secretsTable, wish);
    case 'tokens':
      return opened(name, tokensTable, wish);
    case 'audit':
      return opened(name, auditTable, wish);
    case 'usage':
      return opened(name, usageTable, wish);
    case 'metrics':
      return metricsTable(wish).then((table) => ({ ...table, pages: limited(table.pages, wish) }));
  }
}

/** The first page is there before anything is answered: what goes wrong can be told. */
async function opened<T>(name: TableName, source: Source<T>, wish: TableWish): Promise<Table> {
  const pages = source.pages(wish)[Symbol.asyncIterator]();
  const first = await pages.next();
  const { columns } = source;
  const wanted = wantedBy(source, wish);
  async function* rows(): AsyncGenerator<readonly Row[]> {
    try {
      for (let page = first; page.done !== true; page = await pages.next())
        yield page.value.filter(wanted).map((one) => rowOf(columns, one));
    } finally {
      await pages.return?.();
    }
  }
  return { name, columns, pages: limited(rows(), wish) };
}

function wantedBy<T>({ words }: Source<T>, { filters: { text } }: TableWish): (of: T) => boolean {
  if (words === undefined || text === undefined) return () => true;
  const found = rowSearch(text);
  return (of) => found(words(of));
}

/** Ends where enough was given, or nobody reads any more. */
async function* limited(
  pages: AsyncIterable<readonly Row[]>,
  { filters: { limit = Infinity }, signal }: TableWish,
): AsyncGenerator<readonly Row[]> {
  let left = limit;
  for await (const page of pages) {
    signal.throwIfAborted();
    yield page.length > left ? page.slice(0, left) : page;
    left -= page.length;
    if (left <= 0) return;
  }
}
