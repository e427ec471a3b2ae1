import { WherryError } from '@wherry/core/errors';
import type { Patterns } from '@wherry/core/ports/patterns';
import { compilePattern } from './history/patterns.ts';

/** Lines of logs are longer than labels, and there are more of them: the worst pattern takes some milliseconds for one. */
const mostParts = 2_000;

/** Patterns as the query language has them. */
export const patterns: Patterns = {
  compile(source) {
    const refuse = (problem: string, next?: string): WherryError =>
      new WherryError('bad_pattern', problem, {
        component: 'query',
        ...(next === undefined ? {} : { next }),
      });
    return compilePattern(source, refuse, mostParts);
  },
};
