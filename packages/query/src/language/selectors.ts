import type { LabelMatcher } from '@wherry/core/metric';
import { compilePattern } from '../history/patterns.ts';
import { matchesNothing } from '../history/matchers.ts';
import type { Cursor } from './cursor.ts';
import type { SelectorNode } from './tree.ts';

const signs: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~']);

/** `name`, `name{label="value"}` or `{label="value"}`. */
export function parseSelector(cursor: Cursor): SelectorNode {
  const { at } = cursor.token;
  const matchers: LabelMatcher[] = [];
  const name = cursor.token.kind === 'word' ? cursor.take().text : undefined;
  if (cursor.takeSign('{')) {
    while (!cursor.isSign('}')) {
      matchers.push(parseMatcher(cursor, name));
      if (!cursor.takeSign(',')) break;
    }
    cursor.expectSign('}', 'after the conditions on labels');
  }
  if (name !== undefined) matchers.push({ label: '__name__', is: '=', value: name });
  if (matchers.every(matchesNothing))
    throw cursor.refused(
      at,
      'the selector would take every series',
      'Name a metric, or add a condition that an empty label does not meet, such as {namespace=~".+"}.',
    );
  return { kind: 'selector', at, height: 1, matchers, offsetMs: 0 };
}

function parseMatcher(cursor: Cursor, name: string | undefined): LabelMatcher {
  const { token } = cursor;
  if (token.kind === 'string')
    throw cursor.refused(token.at, 'names in quotes are not understood', 'Write the name without quotes.');
  if (token.kind !== 'word' || token.text.includes(':')) throw cursor.unexpected('the name of a label');
  const label = cursor.take().text;
  if (label === '__name__' && name !== undefined)
    throw cursor.refused(token.at, `the metric has a name already, ${name}`, 'Leave one of the two out.');
  const is = cursor.token;
  if (is.kind !== 'sign' || !signs.has(is.text)) throw cursor.unexpected('one of = != =~ !~');
  cursor.take();
  const value = cursor.token;
  if (value.kind !== 'string') throw cursor.unexpected('a value in quotes');
  cursor.take();
  const matcher: LabelMatcher = { label, is: is.text as LabelMatcher['is'], value: value.text };
  if (matcher.is === '=~' || matcher.is === '!~')
    compilePattern(value.text, (problem, next) => cursor.refused(value.at, problem, next));
  return matcher;
}
