import type { TokenRecord } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';

/** The order of `TokenStore.list`: by name. */
export function byTokenName(one: TokenRecord, other: TokenRecord): number {
  return one.name === other.name ? 0 : one.name < other.name ? -1 : 1;
}

export function tokenExists(name: string): WherryError {
  return new WherryError('token_exists', `there is a token named ${printable(name)}`, {
    component: 'storage',
    name,
  });
}
