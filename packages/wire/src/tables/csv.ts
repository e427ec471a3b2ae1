import type { Cell, Row, TableColumn } from '@wherry/core/table';
import { rfc3339 } from '../times.ts';

/** Tells Excel that a file is UTF-8. */
export const byteOrderMark = '\ufeff';

/** The first line, as of RFC 4180. */
export function csvHead(columns: readonly TableColumn[]): string {
  return `${columns.map(({ name }) => textCell(name)).join(',')}\r\n`;
}

export function csvRow(columns: readonly TableColumn[], row: Row): string {
  return `${row.map((cell, at) => csvCell(cell, columns[at]?.kind === 'time')).join(',')}\r\n`;
}

function csvCell(cell: Cell, isTime: boolean): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return textCell(cell);
  if (typeof cell === 'boolean') return String(cell);
  if (!Number.isFinite(cell)) return textCell(numberText(cell));
  return isTime ? rfc3339(cell) : String(cell);
}

/** As Prometheus writes what is no number that others know. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** Text that no reader can take for anything but text, in quotes where it has to be. */
export function textCell(text: string): string {
  if (plain.test(text)) return text;
  const harmless = harmlessText(text).toWellFormed();
  return needsQuotes.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Most cells, seen to be harmless at a glance. */
const plain = /^[A-Za-z0-9_/][A-Za-z0-9_./: -]*$/;
const needsQuotes = /[",;\r\n\t]|^\s|\s$/;
const plainNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * What a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises ("CSV Injection"); a number stays one. So does
 * what stands behind a semicolon, a tab or a line end: where a reader takes that for the end of a cell, another one begins there. Control
 * characters are spelled out.
 */
export function harmlessText(text: string): string {
  if (plainNumber.test(text)) return text;
  return text
    .replace(controls, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/^(?=\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20\t\r])/, "'")
    .replace(/([;\t\r\n]["\s]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g, "$1'");
}

const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/g;
