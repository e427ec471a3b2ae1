import { type Grid, type Span, withIntervals } from './span.ts';

/**
 * What the table of metrics is asked for to be the lines of a chart; where several queries draw it, the label `line` tells them apart. A time that goes on is
 * so long ago, so that a link to it goes on, too.
 */
export function chartExport(
  queries: readonly { readonly text: string; readonly legend?: string }[],
  { times, stepMs }: Grid,
  { from, to, live }: Span,
): Readonly<Record<string, string>> {
  const texts = queries.map(({ text, legend = text }) => {
    const query = withIntervals(text, stepMs);
    if (queries.length === 1) return query;
    // A name that is made of labels says nothing without them.
    const name = legend.includes('{{') ? text : legend;
    return `label_replace(${query}, "line", ${JSON.stringify(name.replaceAll('$', '$$$$'))}, "", "")`;
  });
  const asked = { query: texts.join(' or '), step: `${Math.round(stepMs / 1000)}s` };
  if (live) return { ...asked, since: `${Math.round((to - from) / 60_000)}m` };
  const iso = (time = 0): string => new Date(time).toISOString();
  return { ...asked, since: iso(times[0]), until: iso(times.at(-1)) };
}
