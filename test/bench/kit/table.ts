// Tables that read well in a terminal and are Markdown at once.
import type { Settled } from './statistics.ts';

/** Rows of cells under a header; columns after the first are numbers and stand at the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(3, ...[title, ...rows.map((row) => row[column] ?? '')].map((text) => [...text].length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column > 0)).join(' | ')} |`;
  const rule = widths.map((width, column) => (column > 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function pad(text: string, width: number, right: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - [...text].length));
  return right ? gap + text : text + gap;
}

/** Marks a number of a machine that others used too. */
export const disturbed = '†';

/** A settled number with its mark. */
export function shown(settled: Settled | undefined, format: (value: number) => string): string {
  if (settled === undefined || Number.isNaN(settled.value)) return '–';
  return format(settled.value) + (settled.clean ? '' : disturbed);
}

/** Three significant digits, thousands apart: 12.3, 0.0457, 31,400. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude >= 3) {
    const step = 10 ** (magnitude - 2);
    return (Math.round(value / step) * step).toLocaleString('en-US');
  }
  return value.toFixed(Math.min(4, Math.max(0, 2 - magnitude)));
}

export const times = (value: number): string => `${value.toFixed(2)}×`;
/** Of a million bytes, as the goals mean it. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
export const milliseconds = (value: number): string => `${figure(value)} ms`;
