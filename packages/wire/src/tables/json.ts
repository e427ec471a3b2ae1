import type { Cell, Row, TableColumn } from '@wherry/core/table';
import { rfc3339 } from '../times.ts';
import { numberText } from './csv.ts';

/** A row as an object; cells that are empty are left out. */
export function jsonRow(columns: readonly TableColumn[], row: Row): string {
  let text = '{';
  for (const [at, { name, kind }] of columns.entries()) {
    const cell = row[at];
    if (cell === undefined) continue;
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${jsonCell(cell, kind === 'time')}`;
  }
  return `${text}}`;
}

function jsonCell(cell: Exclude<Cell, undefined>, isTime: boolean): string {
  if (typeof cell !== 'number') return JSON.stringify(cell);
  if (!Number.isFinite(cell)) return JSON.stringify(numberText(cell));
  return isTime ? JSON.stringify(rfc3339(cell)) : String(cell);
}
