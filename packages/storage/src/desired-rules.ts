import { WherryError } from '@wherry/core/errors';
import type { FunctionRecord } from '@wherry/core/function';
import { fullName, type FunctionName } from '@wherry/core/names';

/** The order of `DesiredState.list`: by namespace, then by name, by code units. */
export function byName(one: FunctionName, other: FunctionName): number {
  if (one.namespace !== other.namespace) return one.namespace < other.namespace ? -1 : 1;
  return one.name === other.name ? 0 : one.name < other.name ? -1 : 1;
}

/** Throws unless `record` follows on the stored revision; undefined where nothing is stored. */
export function conflictUnlessNext(record: FunctionRecord, stored: number | undefined): void {
  if (record.revision === (stored ?? 0) + 1) return;
  const found = stored === undefined ? 'it does not exist' : `the stored revision is ${stored}`;
  throw conflict(record, `revision ${record.revision} cannot be written: ${found}`);
}

/** Throws unless what is to be removed is what is stored. */
export function conflictUnlessSame(name: FunctionName, revision: number, stored: number): void {
  if (revision !== stored)
    throw conflict(name, `revision ${revision} cannot be removed: the stored revision is ${stored}`);
}

function conflict(name: FunctionName, why: string): WherryError {
  return new WherryError('conflict', `${fullName(name)}: ${why}`, { component: 'storage', name: name.name });
}
