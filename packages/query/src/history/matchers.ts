import type { LabelMatcher } from '@wherry/core/metric';
import { refusedParameter } from '../refusal.ts';
import { compilePattern } from './patterns.ts';

/** Whether a label's value is wanted. Answers to patterns are kept: the same values come again with each series. */
export function testOf({ is, value }: LabelMatcher): (text: string) => boolean {
  if (is === '=') return (text) => text === value;
  if (is === '!=') return (text) => text !== value;
  const pattern = compilePattern(value, refusedParameter);
  const known = new Map<string, boolean>();
  return (text) => {
    let matches = known.get(text);
    if (matches === undefined) {
      matches = pattern.matches(text);
      known.set(text, matches);
    }
    return matches === (is === '=~');
  };
}

/** Whether a series that has none of the labels would do. */
export const matchesNothing = (matcher: LabelMatcher): boolean => testOf(matcher)('');
