import { WherryError } from '@wherry/core/errors';
import type { FunctionRecord } from '@wherry/core/function';
import type { FunctionName } from '@wherry/core/names';
import { deploymentsOf } from '@wherry/core/rules/versions';

/** The order of `DesiredState.list`: by namespace, then by name, by code units. */
export function byName(one: FunctionName, other: FunctionName): number {
  if (one.namespace !== other.namespace) return one.namespace < other.namespace ? -1 : 1;
  return one.name === other.name ? 0 : one.name < other.name ? -1 : 1;
}

/** The order of what has a name of its own, by code units. */
export function byOwnName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name === other.name ? 0 : one.name < other.name ? -1 : 1;
}

/** The highest number among the versions of a function; 0 where there is none. The live one may be an earlier one. */
export function newestOf(record: FunctionRecord | undefined): number {
  return record === undefined ? 0 : Math.max(...deploymentsOf(record).map(({ version }) => version));
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
