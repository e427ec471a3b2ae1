// What a measurement hands back, as Markdown, and its place in the page.
import { table } from './table.ts';

/** A number that was promised. */
export interface Goal {
  readonly what: string;
  /** The measured value and the limit in the same words, such as `1.83×` and `≤ 2.0×`. */
  readonly measured: string;
  readonly limit: string;
  readonly met: boolean;
}

/** What one measurement found out. */
export interface Section {
  readonly title: string;
  /** Paragraphs and tables. */
  readonly blocks: readonly string[];
  readonly goals: readonly Goal[];
}

/** Goals above, details below: most readers want to know only whether the promises hold. */
export function markdownOf({ title, blocks, goals }: Section, origin: string): string {
  const promised = table(
    ['goal', 'limit', 'measured', ''],
    goals.map(({ what, limit, measured, met }) => [what, limit, measured, met ? 'met' : 'missed']),
  );
  return [`## ${title}`, origin, ...(goals.length > 0 ? [promised] : []), ...blocks].join('\n\n');
}

const begin = (name: string): string => `<!-- begin ${name} -->`;
const end = (name: string): string => `<!-- end ${name} -->`;

/** The page with one section replaced, or added at its end. The rest, written by hand or by other measurements, stays. */
export function withSection(page: string, name: string, text: string): string {
  const block = `${begin(name)}\n\n${text}\n\n${end(name)}`;
  const [from, to] = [page.indexOf(begin(name)), page.indexOf(end(name))];
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${block}\n`;
  return page.slice(0, from) + block + page.slice(to + end(name).length);
}

/** A goal of the form "at most so many". */
export function atMost(what: string, value: number, limit: number, format: (value: number) => string): Goal {
  return { what, measured: format(value), limit: `≤ ${format(limit)}`, met: value <= limit };
}

/** A goal of the form "at least so many". */
export function atLeast(what: string, value: number, limit: number, format: (value: number) => string): Goal {
  return { what, measured: format(value), limit: `≥ ${format(limit)}`, met: value >= limit };
}
