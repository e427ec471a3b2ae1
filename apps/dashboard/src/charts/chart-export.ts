import { type Grid, withIntervals } from './span.ts';

/** What the table of metrics is asked for to be the lines of a chart; where several queries draw it, the label `line` tells them apart. */
export function chartExport(
  queries: readonly { readonly text: string; readonly legend?: string }[],
  { times, stepMs }: Grid,
): Readonly<Record<'query' | 'since' | 'until' | 'step', string>> {
  const texts = queries.map(({ text, legend = text }) => {
    const query = withIntervals(text, stepMs);
    if (queries.length === 1) return query;
    // A name that is made of labels says nothing without them.
    const name = legend.includes('{{') ? text : legend;
    return `label_replace(${query}, "line", ${JSON.stringify(name.replaceAll('$', '$$$$'))}, "", "")`;
  });
  const iso = (time = 0): string => new Date(time).toISOString();
  return {
    ...{ query: texts.join(' or '), since: iso(times[0]), until: iso(times.at(-1)) },
    step: `${Math.round(stepMs / 1000)}s`,
  };
}
