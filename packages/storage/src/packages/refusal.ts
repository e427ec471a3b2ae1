import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';

/** `package_refused`, naming the entry that it is about. */
export function refusal(entry: string | undefined, why: string, next?: string): WherryError {
  const message = entry === undefined ? why : `${printable(entry)}: ${why}`;
  return new WherryError('package_refused', message, {
    component: 'packages',
    ...(next === undefined ? {} : { next }),
  });
}
