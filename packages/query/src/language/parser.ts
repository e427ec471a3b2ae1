import { bounds } from '../bounds.ts';
import { refusedParameter } from '../refusal.ts';
import { parseAggregation, parseCall } from './calls.ts';
import { Cursor } from './cursor.ts';
import { parseDuration } from './durations.ts';
import { parseLiteral } from './numbers.ts';
import { joined, operatorAt, parseModifiers, unaryPrecedence } from './operators.ts';
import { parsePostfixes } from './postfixes.ts';
import { parseSelector } from './selectors.ts';
import { aggregations } from './signatures.ts';
import type { Node } from './tree.ts';
import { inWords, typeOf } from './types.ts';

/**
 * A query as a tree whose types fit each other.
 * @throws `query_refused`, with line and column, for everything that is not understood.
 */
export function parseQuery(text: string): Node {
  if (text.length > bounds.text)
    throw refusedParameter(`the query is longer than ${bounds.text} characters`, 'Ask in several queries.');
  const cursor = new Cursor(text);
  if (cursor.ended) throw cursor.refused(0, 'there is no query', 'Name a metric.');
  const node = parseExpression(cursor, 0);
  if (!cursor.ended) throw cursor.unexpected('an operator or the end');
  return node;
}

function parseExpression(cursor: Cursor, least: number): Node {
  return cursor.deeper(() => {
    let left = parseUnary(cursor);
    for (;;) {
      const operator = operatorAt(cursor);
      if (!operator || operator.precedence < least) return left;
      cursor.take();
      const modifiers = parseModifiers(cursor, operator);
      const right = parseExpression(cursor, operator.right);
      left = joined(cursor, operator, modifiers, left, right);
    }
  });
}

function parseUnary(cursor: Cursor): Node {
  const { at } = cursor.token;
  const minus = cursor.isSign('-');
  if (!minus && !cursor.isSign('+')) return parsePostfixes(cursor, parsePrimary(cursor));
  cursor.take();
  const of = parseExpression(cursor, unaryPrecedence + 1);
  const type = typeOf(of);
  if (type !== 'scalar' && type !== 'vector')
    throw cursor.refused(
      at,
      `a sign can't stand before ${inWords(type)}`,
      'Put it before the function around it.',
    );
  if (!minus) return of;
  if (of.kind === 'number') return { ...of, at, value: -of.value };
  return { kind: 'negation', at, height: cursor.heightOver(at, of), of };
}

/** These words part an expression, and can be no metric's name. */
const reserved: ReadonlySet<string> = new Set(['bool', 'on', 'ignoring', 'group_left', 'group_right']);

function parsePrimary(cursor: Cursor): Node {
  const { kind, text, at } = cursor.token;
  if (kind === 'number' || kind === 'duration') return parseNumberHere(cursor);
  if (kind === 'string') return { kind: 'string', at, height: 1, value: cursor.take().text };
  if (cursor.isSign('{')) return parseSelector(cursor);
  if (cursor.takeSign('(')) {
    const of = parseExpression(cursor, 0);
    cursor.expectSign(')', 'after the expression');
    return { kind: 'parentheses', at, height: cursor.heightOver(at, of), of };
  }
  if (kind !== 'word') throw cursor.unexpected('an expression');
  const lower = text.toLowerCase();
  if (lower === 'inf' || lower === 'nan') return parseNumberHere(cursor);
  const { following } = cursor;
  const opens = following.kind === 'sign' && following.text === '(';
  const groups = following.kind === 'word' && ['by', 'without'].includes(following.text.toLowerCase());
  if (aggregations.has(lower) && (opens || groups))
    return parseAggregation(cursor, () => parseExpression(cursor, 0));
  if (opens) return parseCall(cursor, () => parseExpression(cursor, 0));
  if (reserved.has(lower)) throw cursor.unexpected('an expression');
  return parseSelector(cursor);
}

/** A number; a duration stands for its seconds. */
function parseNumberHere(cursor: Cursor): Node {
  const { kind, text, at } = cursor.take();
  const value = kind === 'duration' ? parseDuration(text, cursor.text, at) / 1000 : parseLiteral(text);
  if (value === undefined)
    throw cursor.refused(at, `"${text.slice(0, 60)}" is no number`, 'Write 1.5, 1e3 or 0x1f.');
  return { kind: 'number', at, height: 1, value };
}
