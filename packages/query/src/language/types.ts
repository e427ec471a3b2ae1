import { signatures } from './signatures.ts';
import type { Node, ValueType } from './tree.ts';

export function typeOf(node: Node): ValueType {
  switch (node.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregation':
      return 'vector';
    case 'range':
    case 'subquery':
      return 'matrix';
    case 'parentheses':
    case 'negation':
      return typeOf(node.of);
    case 'call':
      return signatures.get(node.name)?.gives ?? 'vector';
    case 'binary':
      return typeOf(node.left) === 'scalar' && typeOf(node.right) === 'scalar' ? 'scalar' : 'vector';
  }
}

const names: Readonly<Record<ValueType, string>> = {
  scalar: 'a scalar',
  vector: 'an instant vector',
  matrix: 'a range vector',
  string: 'a string',
};

export const inWords = (type: ValueType): string => names[type];
