import type { CallRecord } from '@wherry/core/call-record';
import { type FunctionName, parseFullName } from '@wherry/core/names';
import type { Viewer } from './viewer.ts';

/** By what calls are chosen that the store does not choose by. */
export interface CallWishes {
  /** Only those that were answered with 500 or more. */
  readonly failed?: boolean | undefined;
  /** Only those that had to wake an instance. */
  readonly cold?: boolean | undefined;
  readonly namespace?: string | undefined;
}

/** Whether a call is in a list or an export: these mean the same. */
export function isWanted(
  record: CallRecord,
  { failed = false, cold = false, namespace }: CallWishes,
  viewer: Viewer,
): boolean {
  if ((failed && record.status < 500) || (cold && !record.cold)) return false;
  if (namespace !== undefined && calleeOf(record)?.namespace !== namespace) return false;
  return maySee(record, viewer);
}

/** What found no function belongs to whoever may see everything. */
export function maySee(record: CallRecord, viewer: Viewer): boolean {
  const of = calleeOf(record);
  return of === undefined ? viewer.everything : viewer.may(of);
}

function calleeOf({ deployment, target }: CallRecord): FunctionName | undefined {
  return deployment ?? parseFullName(target);
}
