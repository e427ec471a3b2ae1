import type { Cell, Row, TableColumn } from '@wherry/core/table';
import { numberText } from '@wherry/wire/tables/csv';

/** What Excel takes: rows of a sheet with its head line, and characters (of UTF-16) of a cell. */
export const mostRows = 1_048_576;
const mostCharacters = 32_767;
const cutMark = ' …[cut]';

/** Styles by their place in `styles`: a time, and a head line. */
const timeStyle = 1;
const headStyle = 2;

export function headXml(columns: readonly TableColumn[]): string {
  return `<row r="1">${columns.map(({ name }) => textXml(name, headStyle)).join('')}</row>`;
}

export function rowXml(columns: readonly TableColumn[], row: Row): string {
  let xml = '<row>';
  for (let at = 0; at < columns.length; at += 1) xml += cellXml(row[at], columns[at]?.kind === 'time');
  return `${xml}</row>`;
}

function cellXml(cell: Cell, isTime: boolean): string {
  if (cell === undefined || cell === '') return '<c/>';
  if (typeof cell === 'boolean') return `<c t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (typeof cell === 'string') return textXml(cell);
  if (!Number.isFinite(cell)) return textXml(numberText(cell));
  return isTime ? timeXml(cell) : `<c><v>${cell}</v></c>`;
}

/** Days since the last day of 1899, in UTC, to the millisecond. What is before 1900 Excel has no number for. */
function timeXml(ms: number): string {
  if (ms < earliestMs || ms > latestMs) return textXml(String(ms));
  return `<c s="${timeStyle}"><v>${Math.round((ms / 86_400_000 + 25_569) * 1e10) / 1e10}</v></c>`;
}

const earliestMs = Date.UTC(1900, 2, 1);
const latestMs = Date.UTC(9999, 11, 31);

/** Text in its cell: it is never looked at for a formula. */
function textXml(text: string, style = 0): string {
  const cut = text.length > mostCharacters ? text.slice(0, mostCharacters - cutMark.length) + cutMark : text;
  const space = /^\s|\s$|\n/.test(cut) ? ' xml:space="preserve"' : '';
  const styled = style === 0 ? '' : ` s="${style}"`;
  return `<c t="inlineStr"${styled}><is><t${space}>${escaped(cut)}</t></is></c>`;
}

const special = /[<>&"\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_x[0-9a-fA-F]{4}_/g;
const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

/**
 * What XML cannot have is spelled `_x0007_`, which Excel reads as the character (ECMA-376 part 1, 22.9.2.19, ST_Xstring); and so what looks
 * like that is spelled, too.
 */
export function escaped(text: string): string {
  return text.toWellFormed().replace(special, (found) => {
    if (found.length > 1) return `_x005F${found}`;
    return entities[found] ?? `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
  });
}
