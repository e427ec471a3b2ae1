import { subqueryStepMs } from '../bounds.ts';
import type { Cursor } from './cursor.ts';
import { parseDuration, secondsToMs } from './durations.ts';
import { parseLiteral } from './numbers.ts';
import type { Node } from './tree.ts';
import { inWords, typeOf } from './types.ts';

/** What may stand behind an expression: ranges, subqueries, offsets. */
export function parsePostfixes(cursor: Cursor, before: Node): Node {
  let node = before;
  for (;;) {
    if (cursor.isSign('[')) node = parseBrackets(cursor, node);
    else if (cursor.isWord('offset')) node = parseOffset(cursor, node);
    else if (cursor.isSign('@'))
      throw cursor.refused(
        cursor.token.at,
        'the modifier @ is not understood here',
        'Leave it out and ask for the time that you mean; "offset" looks back from there.',
      );
    else return node;
  }
}

function parseBrackets(cursor: Cursor, node: Node): Node {
  const open = cursor.take();
  const rangeMs = positive(cursor, 'a range such as 5m');
  if (!cursor.takeSign(':')) {
    cursor.expectSign(']', 'after the range');
    if (node.kind !== 'selector')
      throw cursor.refused(
        open.at,
        'ranges are only allowed for selectors',
        'A subquery takes a range of any expression: [1h:1m].',
      );
    if (node.offsetMs !== 0)
      throw cursor.refused(open.at, 'the offset has to follow the range', 'Write x[5m] offset 1h.');
    const { at, height, matchers } = node;
    return { kind: 'range', at, height, matchers, rangeMs, offsetMs: 0 };
  }
  const stepMs = cursor.isSign(']') ? subqueryStepMs : positive(cursor, 'a step such as 1m');
  cursor.expectSign(']', 'after the step');
  if (typeOf(node) !== 'vector')
    throw cursor.refused(
      open.at,
      `a subquery needs an instant vector, and this is ${inWords(typeOf(node))}`,
      'Make it one with vector(…).',
    );
  const height = cursor.heightOver(node.at, node);
  return { kind: 'subquery', at: node.at, height, of: node, rangeMs, stepMs, offsetMs: 0 };
}

function parseOffset(cursor: Cursor, node: Node): Node {
  const { at } = cursor.take();
  const sign = cursor.takeSign('-') ? -1 : 1;
  if (sign > 0) cursor.takeSign('+');
  const offsetMs = sign * length(cursor, 'a duration such as 1h');
  if (node.kind !== 'selector' && node.kind !== 'range' && node.kind !== 'subquery')
    throw cursor.refused(
      at,
      'an offset has to follow a selector, a range or a subquery',
      'Put it inside: rate(x[5m] offset 1h).',
    );
  if (node.offsetMs !== 0)
    throw cursor.refused(at, 'there is an offset already', 'Leave one of the two out.');
  return { ...node, offsetMs };
}

function positive(cursor: Cursor, wanted: string): number {
  const { at } = cursor.token;
  const ms = length(cursor, wanted);
  if (ms <= 0) throw cursor.refused(at, 'the duration has to be greater than 0');
  return ms;
}

/** A duration, or a number of seconds. */
function length(cursor: Cursor, wanted: string): number {
  const { kind, text, at } = cursor.token;
  if (kind === 'duration') return parseDuration(cursor.take().text, cursor.text, at);
  const seconds = kind === 'number' ? parseLiteral(text) : undefined;
  if (seconds === undefined) throw cursor.unexpected(wanted);
  cursor.take();
  return secondsToMs(seconds, cursor.text, at);
}
