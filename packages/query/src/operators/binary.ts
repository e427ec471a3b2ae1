import { type Column, mapColumn, mapColumns, unite } from '../evaluation/column.ts';
import type { Context } from '../evaluation/context.ts';
import { withoutName } from '../evaluation/label-set.ts';
import { isSetOperator } from '../language/operators.ts';
import type { BinaryNode } from '../language/tree.ts';
import { typeOf } from '../language/types.ts';
import { losesName, pairWork, type PairWork } from './arithmetic.ts';
import { setOperation } from './sets.ts';
import { betweenVectors } from './vectors.ts';

/** An operator of which at least one side is a vector. */
export async function evaluateBinary(node: BinaryNode, context: Context): Promise<Column[]> {
  const { operator, bool, left, right } = node;
  if (typeOf(right) === 'scalar') {
    const scalars = await context.scalar(right);
    const work = pairWork(operator, bool);
    return withScalar(node, await context.vector(left), context, (value, step) =>
      work(value, scalars[step] ?? 0),
    );
  }
  if (typeOf(left) === 'scalar') {
    const scalars = await context.scalar(left);
    const work = pairWork(operator, bool, 'right');
    return withScalar(node, await context.vector(right), context, (value, step) =>
      work(scalars[step] ?? 0, value),
    );
  }
  const columns = await context.vector(left);
  const others = await context.vector(right);
  return isSetOperator(operator)
    ? setOperation(node, columns, others, context)
    : betweenVectors(node, columns, others, context);
}

async function withScalar(
  { operator, bool }: BinaryNode,
  columns: readonly Column[],
  { pace }: Context,
  work: PairWork,
): Promise<Column[]> {
  const lose = losesName(operator, bool);
  const made = await mapColumns(columns, pace, (column) =>
    mapColumn(column, lose ? withoutName(column.labels) : column.labels, work),
  );
  return unite(made, pace);
}

/** The same between scalars; comparisons have `bool` there. */
export async function evaluateScalars(node: BinaryNode, context: Context): Promise<Float64Array> {
  const left = await context.scalar(node.left);
  const right = await context.scalar(node.right);
  const work = pairWork(node.operator, node.bool);
  return left.map((value, step) => work(value, right[step] ?? 0) ?? Number.NaN);
}
