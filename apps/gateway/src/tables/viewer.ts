import { allows, coversAll, type Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { FunctionName } from '@wherry/core/names';

/** Whose eyes a table is for. */
export interface Viewer {
  may(target: FunctionName): boolean;
  /** What belongs to no function is shown only to who may see all of them. */
  readonly everything: boolean;
  readonly admin: boolean;
}

/** Throws `forbidden`. */
export function onlyForAdmins({ admin }: Viewer, table: string): void {
  if (admin) return;
  throw new WherryError('forbidden', `the table ${table} needs the scope admin, for all functions`, {
    component: 'gateway',
  });
}

export function viewerOf(who: Principal): Viewer {
  return {
    may: (target) => allows(who, 'read', target),
    everything: coversAll(who),
    admin: coversAll(who) && allows(who, 'admin'),
  };
}
