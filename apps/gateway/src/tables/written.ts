import type { Row, Table, TableColumn } from '@wherry/core/table';
import { byteOrderMark, csvHead, csvRow } from '@wherry/wire/tables/csv';
import type { TableFormat } from '@wherry/wire/tables/formats';
import { jsonRow } from '@wherry/wire/tables/json';
import { workbook } from './workbook/workbook.ts';

/** A table in a format, piece by piece: the next page is read once the one before was taken. `mark`: for Excel, before CSV. */
export function written(table: Table, format: TableFormat, mark: boolean): AsyncIterable<string | Buffer> {
  switch (format) {
    case 'csv':
      return csv(table, mark);
    case 'jsonl':
      return lines(table);
    case 'json':
      return json(table);
    case 'xlsx':
      return workbook(table);
  }
}

async function* csv({ columns, pages }: Table, mark: boolean): AsyncGenerator<string> {
  yield (mark ? byteOrderMark : '') + csvHead(columns);
  for await (const page of pages) if (page.length > 0) yield joined(columns, page, csvRow, '');
}

async function* lines({ columns, pages }: Table): AsyncGenerator<string> {
  for await (const page of pages) if (page.length > 0) yield `${joined(columns, page, jsonRow, '\n')}\n`;
}

async function* json({ columns, pages }: Table): AsyncGenerator<string> {
  let before = '[';
  for await (const page of pages)
    if (page.length > 0) {
      yield `${before}\n${joined(columns, page, jsonRow, ',\n')}`;
      before = ',';
    }
  yield before === '[' ? '[]\n' : '\n]\n';
}

function joined(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  write: (columns: readonly TableColumn[], row: Row) => string,
  between: string,
): string {
  return rows.map((row) => write(columns, row)).join(between);
}
