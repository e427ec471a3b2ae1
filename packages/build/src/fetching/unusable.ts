import { WherryError } from '@wherry/core/errors';

/** A source of templates that cannot be used, for a reason. */
export function unusable(why: string, cause?: unknown): WherryError {
  return new WherryError('bad_value', why, {
    component: 'templates',
    next: 'Check the address and the version; nothing was changed.',
    cause,
  });
}
