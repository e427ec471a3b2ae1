import type { Cursor } from './cursor.ts';
import { labelNames, listIn } from './cursor.ts';
import { aggregations, signatures } from './signatures.ts';
import type { Grouping, Node, ValueType } from './tree.ts';
import { inWords, typeOf } from './types.ts';

type ParseExpression = () => Node;

/** `name(arguments)` of a function. */
export function parseCall(cursor: Cursor, expression: ParseExpression): Node {
  const name = cursor.take();
  const signature = signatures.get(name.text);
  if (!signature)
    throw cursor.refused(
      name.at,
      `there is no function "${name.text.slice(0, 60)}" here`,
      'docs/queries.md lists the functions that there are.',
    );
  const args = listIn(cursor, `around the arguments of ${name.text}`, expression);
  const least = signature.args.length - signature.optional;
  if (args.length < least || (args.length > signature.args.length && !signature.repeats))
    throw cursor.refused(name.at, `${name.text} takes ${count(least, signature)}, and got ${args.length}`);
  args.forEach((arg, index) => {
    const wanted = signature.args[Math.min(index, signature.args.length - 1)] ?? 'vector';
    expectType(cursor, arg, wanted, `an argument of ${name.text}`);
  });
  const height = cursor.heightOver(name.at, ...args);
  return { kind: 'call', at: name.at, height, name: name.text, args };
}

function count(
  least: number,
  signature: { args: readonly ValueType[]; optional: number; repeats: boolean },
): string {
  if (signature.repeats) return `${least} arguments or more`;
  if (signature.optional > 0) return `${least} to ${signature.args.length} arguments`;
  return least === 1 ? '1 argument' : `${least} arguments`;
}

/** `sum by (label) (expression)` or `sum(expression) by (label)`. */
export function parseAggregation(cursor: Cursor, expression: ParseExpression): Node {
  const token = cursor.take();
  const name = token.text.toLowerCase();
  const first = parseGrouping(cursor);
  const args = listIn(cursor, `around what ${name} takes`, expression);
  const second = parseGrouping(cursor);
  if (first && second)
    throw cursor.refused(token.at, `${name} has two groupings`, 'Leave one "by" or "without" out.');
  const wanted = aggregations.get(name);
  const needed = wanted === undefined ? 1 : 2;
  if (args.length !== needed)
    throw cursor.refused(
      token.at,
      `${name} takes ${needed} argument${needed > 1 ? 's' : ''}, and got ${args.length}`,
    );
  const [parameter, of] = needed === 2 ? args : [undefined, args[0]];
  if (!of) throw cursor.unexpected('an expression');
  if (parameter && wanted) expectType(cursor, parameter, wanted, `the first argument of ${name}`);
  expectType(cursor, of, 'vector', `what ${name} takes`);
  const grouping = first ?? second ?? { without: false, labels: [] };
  const height = cursor.heightOver(token.at, ...args);
  return { kind: 'aggregation', at: token.at, height, name, of, parameter, grouping };
}

function parseGrouping(cursor: Cursor): Grouping | undefined {
  const without = cursor.isWord('without');
  if (!without && !cursor.isWord('by')) return undefined;
  cursor.take();
  return { without, labels: labelNames(cursor, 'around the labels of a grouping') };
}

export function expectType(cursor: Cursor, node: Node, wanted: ValueType, what: string): void {
  const type = typeOf(node);
  if (type !== wanted)
    throw cursor.refused(node.at, `${inWords(wanted)} is expected as ${what}, and this is ${inWords(type)}`);
}
