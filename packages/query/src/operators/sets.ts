import { type Column, mapColumn, mapColumns, unite } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import type { BinaryNode } from '../language/tree.ts';
import { anyPresent, grouped, signatureOf } from './signature.ts';

/** `and`, `or`, `unless`: which series stay, at each step, by whether the other side has any with the same signature. */
export async function setOperation(
  { operator, matching }: BinaryNode,
  left: readonly Column[],
  right: readonly Column[],
  { pace, steps }: Context,
): Promise<Column[]> {
  const signature = signatureOf(matching);
  const presence = async (columns: readonly Column[]): Promise<Map<string, Uint8Array>> => {
    const known = new Map<string, Uint8Array>();
    for (const [key, group] of await grouped(columns, signature, pace)) {
      known.set(key, await anyPresent(group, steps.count, pace));
    }
    return known;
  };
  const kept = (
    columns: readonly Column[],
    others: Map<string, Uint8Array>,
    wanted: boolean,
  ): Promise<Column[]> =>
    mapColumns(columns, pace, (column) => {
      const other = others.get(signature(column.labels));
      return mapColumn(column, column.labels, (value, step) =>
        (other?.[step] === 1) === wanted ? value : undefined,
      );
    });
  if (operator === 'or') return unite([...left, ...(await kept(right, await presence(left), false))], pace);
  return kept(left, await presence(right), operator === 'and');
}
