import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';

export function tokenExists(name: string): WherryError {
  return new WherryError('token_exists', `there is a token named ${printable(name)}`, {
    component: 'storage',
    name,
  });
}
