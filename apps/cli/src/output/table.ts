import { escapeLine } from './escape.ts';

export interface Column<T> {
  readonly head: string;
  cell(row: T): string;
  readonly right?: boolean;
  /** Colours the padded cell. */
  paint?(text: string, row: T): string;
  /** Gives way first when the terminal is narrow. */
  readonly shrinks?: boolean;
}

const gap = '  ';

/** Rows under one head line, columns two blanks apart, no wider than `width` where something can shrink. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): string {
  const cells = rows.map((row) => columns.map((column) => escapeLine(column.cell(row))));
  const widths = columns.map((column, i) =>
    Math.max(column.head.length, ...cells.map((line) => widthOf(line[i] ?? ''))),
  );
  const total = widths.reduce((sum, w) => sum + w, 0) + gap.length * (columns.length - 1);
  const shrinking = columns.findIndex((column) => column.shrinks);
  if (total > width && shrinking >= 0) {
    widths[shrinking] = Math.max(8, (widths[shrinking] ?? 0) - (total - width));
  }
  const line = (texts: readonly string[], row?: T) =>
    columns
      .map((column, i) => {
        const padded = pad(cut(texts[i] ?? '', widths[i] ?? 0), widths[i] ?? 0, column.right === true);
        return row === undefined || column.paint === undefined ? padded : column.paint(padded, row);
      })
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ head }) => head)), ...cells.map((texts, i) => line(texts, rows[i]))].join('\n');
}

/** Labels and their texts, aligned; lines of a text after its first are indented. */
export function pairs(entries: readonly (readonly [string, string])[], indent = ''): string {
  const width = Math.max(0, ...entries.map(([label]) => label.length));
  return entries
    .map(
      ([label, text]) =>
        `${indent}${label.padEnd(width)}${gap}${text.replaceAll('\n', `\n${indent}${' '.repeat(width)}${gap}`)}`,
    )
    .join('\n');
}

function pad(text: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? blanks + text : text + blanks;
}

function cut(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}

/** Characters, not UTF-16 units; wide ones count as one, which misaligns a line at worst. */
function widthOf(text: string): number {
  return [...text].length;
}
