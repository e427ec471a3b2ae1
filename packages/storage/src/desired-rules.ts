import { WherryError } from '@wherry/core/errors';
import type { FunctionName } from '@wherry/core/names';

/** The order of `DesiredState.list`: by namespace, then by name, by code units. */
export function byName(one: FunctionName, other: FunctionName): number {
  if (one.namespace !== other.namespace) return one.namespace < other.namespace ? -1 : 1;
  return one.name === other.name ? 0 : one.name < other.name ? -1 : 1;
}

/** The order of what has a name of its own, by code units. */
export function byOwnName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name === other.name ? 0 : one.name < other.name ? -1 : 1;
}

/** Throws unless `revision` follows on the stored one; undefined where nothing is stored. `what` is for the message. */
export function conflictUnlessNext(what: string, revision: number, stored: number | undefined): void {
  if (revision === (stored ?? 0) + 1) return;
  const found = stored === undefined ? 'it does not exist' : `the stored revision is ${stored}`;
  throw conflict(what, `revision ${revision} cannot be written: ${found}`);
}

/** Throws unless what is to be removed is what is stored. */
export function conflictUnlessSame(what: string, revision: number, stored: number): void {
  if (revision !== stored)
    throw conflict(what, `revision ${revision} cannot be removed: the stored revision is ${stored}`);
}

function conflict(what: string, why: string): WherryError {
  return new WherryError('conflict', `${what}: ${why}`, { component: 'storage' });
}
