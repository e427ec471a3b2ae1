import type { Report } from '@wherry/core/report';
import { said, type Section } from './said.ts';

export interface RenderedReport {
  readonly subject: string;
  readonly text: string;
  /** One line for telephones. */
  readonly short: string;
  /** A whole document for mail and browsers: without scripts, and nothing in it is fetched. */
  readonly html: string;
}

/** The same report makes the same letters, whenever that is: a message that is sent again is the same message. */
export function rendered(report: Report): RenderedReport {
  const { title, about, brief, sections, gaps } = said(report);
  const text = [line(title), line(about), ...sections.map(textOf), ...gaps.map((gap) => `! ${line(gap)}`)];
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title></head><body style="${styles.body}">`,
    `<h1 style="${styles.title}">${escaped(title)}</h1><p style="${styles.quiet}">${escaped(about)}</p>`,
    ...sections.map(htmlOf),
    ...gaps.map((gap) => `<p><strong>Missing:</strong> ${escaped(gap)}</p>`),
    '</body></html>\n',
  ];
  return {
    subject: `Wherry: ${line(title)}`,
    short: `Wherry: ${line(title)}: ${line(brief)}`.slice(0, 300),
    text: `${text.join('\n\n')}\n`,
    html: html.join('\n'),
  };
}

/** Readers of mail know no sheets of styles. */
const styles = {
  body: 'font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem',
  title: 'font-size:1.4rem;margin:0',
  quiet: 'opacity:.75;margin:.2rem 0 1.5rem',
  head: 'font-size:1.05rem;margin:1.5rem 0 .3rem',
  table: 'border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums',
  cell: 'padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8884;vertical-align:top;overflow-wrap:anywhere',
} as const;

function htmlOf({ title, heads, rows, numbers, note }: Section): string {
  const align = (at: number): string => `text-align:${numbers && at > 0 ? 'right' : 'left'}`;
  const cells = (tag: 'th scope="col"' | 'td', texts: readonly string[]): string =>
    texts
      .map((text, at) => `<${tag} style="${styles.cell};${align(at)}">${escaped(text)}</${tag.slice(0, 2)}>`)
      .join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  const table = `<table style="${styles.table}"><thead><tr>${cells('th scope="col"', heads)}</tr></thead><tbody>\n${body}</tbody></table>`;
  const end = note === undefined ? '' : `<p style="${styles.quiet}">${escaped(note)}</p>`;
  return `<h2 style="${styles.head}">${escaped(title)}</h2>\n${rows.length === 0 ? '<p>None.</p>' : table}${end}`;
}

function textOf({ title, heads, rows, numbers, note }: Section): string {
  const all = [heads, ...rows.map((row) => row.map(line))];
  const widths = heads.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, at) => (numbers && at > 0 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const body = rows.length === 0 ? ['none'] : lines;
  return [title.toUpperCase(), ...body, ...(note === undefined ? [] : [note])].join('\n');
}

/** Text of one line: no sign in it moves a cursor, ends a line or turns the direction of writing. */
function line(text: string): string {
  return text.toWellFormed().replace(unseen, ' ');
}

const unseen = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escaped(text: string): string {
  return line(text).replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
