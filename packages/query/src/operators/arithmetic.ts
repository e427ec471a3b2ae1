import { power } from '../functions/arithmetic.ts';

export type Operation = (left: number, right: number) => number;
export type Comparison = (left: number, right: number) => boolean;

export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
  ['%', (left, right) => left % right],
  ['^', power],
]);

export const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['==', (left, right) => left === right],
  ['!=', (left, right) => left !== right],
  ['<', (left, right) => left < right],
  ['<=', (left, right) => left <= right],
  ['>', (left, right) => left > right],
  ['>=', (left, right) => left >= right],
]);

/** What a pair of numbers gives; undefined where a comparison leaves it out. A comparison hands on its left side, unless told which. */
export type PairWork = (left: number, right: number) => number | undefined;

export function pairWork(operator: string, bool: boolean, handsOn: 'left' | 'right' = 'left'): PairWork {
  const operation = operations.get(operator);
  if (operation) return operation;
  const compare = comparisons.get(operator);
  if (!compare) throw new Error(`the operator ${operator} has a precedence and no meaning`);
  if (bool) return (left, right) => Number(compare(left, right));
  return (left, right) => (compare(left, right) ? (handsOn === 'left' ? left : right) : undefined);
}

/** Whether the result is of another kind than the left side, so that its name does not fit. */
export const losesName = (operator: string, bool: boolean): boolean => bool || operations.has(operator);
