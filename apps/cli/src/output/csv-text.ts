import type { Cell, TableColumn } from '@wherry/core/table';
import { csvHead, csvRow } from '@wherry/wire/tables/csv';

/** A result as CSV: a row for each object of a list, a column for each name that any of them has. What is no simple value is JSON in its cell. */
export function csvText(value: unknown): string {
  const rows = (Array.isArray(value) ? value : [value]).map(asObject);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name): TableColumn => ({ name, kind: 'text' }));
  if (columns.length === 0) return '';
  const lines = rows.map((row) =>
    csvRow(
      columns,
      names.map((name) => cellOf(row[name])),
    ),
  );
  return csvHead(columns) + lines.join('');
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : { value };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell);
}
