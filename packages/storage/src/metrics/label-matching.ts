import { createRequire } from 'node:module';
import { WherryError } from '@wherry/core/errors';
import type { LabelMatcher } from '@wherry/core/metric';
import type { RE2JS } from 're2js';

/** A pattern that is longer says nothing that a person meant. */
const longestPattern = 4096;
const require = createRequire(import.meta.url);
/** Patterns of late, so that each is read once and not for every series. */
const patterns = new Map<string, RE2JS>();

/**
 * Whether a label's value is what a matcher asks for. Patterns come from whoever may query: they are RE2's, which take time in
 * proportion to the value whatever is in them. Throws `bad_query` for what is no pattern.
 */
export function matches({ is, value: wanted }: LabelMatcher, value: string): boolean {
  if (is === '=') return value === wanted;
  if (is === '!=') return value !== wanted;
  return patternOf(wanted).testExact(value) === (is === '=~');
}

function patternOf(text: string): RE2JS {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  if (text.length > longestPattern)
    throw new WherryError(
      'bad_query',
      `a pattern has ${text.length} characters; ${longestPattern} are allowed`,
      {
        component: 'metrics',
      },
    );
  // Only where there is a pattern: loading it is a part of nobody's start.
  const { RE2JS: Pattern } = require('re2js') as { RE2JS: typeof RE2JS };
  try {
    const pattern = Pattern.compile(text, Pattern.DOTALL);
    if (patterns.size >= 100) patterns.clear();
    patterns.set(text, pattern);
    return pattern;
  } catch (error) {
    throw new WherryError('bad_query', `${JSON.stringify(text)} is no pattern: ${(error as Error).message}`, {
      component: 'metrics',
      cause: error,
    });
  }
}
