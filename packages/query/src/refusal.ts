import { WherryError } from '@wherry/core/errors';

const component = 'query';

/** The query itself is wrong, at a place of its text. */
export function refused(text: string, at: number, problem: string, next?: string): WherryError {
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  const column = [...(before.at(-1) ?? '')].length + 1;
  return new WherryError('query_refused', `${line}:${column}: ${problem}`, {
    component,
    ...(next === undefined ? {} : { next }),
  });
}

/** What is asked for beside the text is wrong: a time, a step. */
export const refusedParameter = (problem: string, next?: string): WherryError =>
  new WherryError('query_refused', problem, { component, ...(next === undefined ? {} : { next }) });

/** The query is right, and these series give no answer to it. */
export const failed = (problem: string): WherryError =>
  new WherryError('query_failed', problem, { component });

export const tooLarge = (problem: string): WherryError =>
  new WherryError('query_too_large', problem, { component });

export const outOfTime = (): WherryError =>
  new WherryError('query_out_of_time', 'The query was still at work at its deadline', { component });

export const abandoned = (): WherryError =>
  new WherryError('query_abandoned', 'The one who asked has gone', { component });
