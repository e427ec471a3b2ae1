import { alertErrors } from './catalogue/alert-errors.ts';
import { callerErrors } from './catalogue/caller-errors.ts';
import type { Entry, Fault } from './catalogue/entry.ts';
import { functionErrors } from './catalogue/function-errors.ts';
import { operatorErrors } from './catalogue/operator-errors.ts';
import { queryErrors } from './catalogue/query-errors.ts';

export type { Fault };

/**
 * Every failure that a person can see, by its code; the lists are by who has to act, and those of queries and alerts by their subject. Codes are stable: they are search terms and part of
 * the API. The HTTP status is the default for front doors that have no contract of their own.
 */
export const catalogue = {
  ...callerErrors,
  ...queryErrors,
  ...alertErrors,
  ...functionErrors,
  ...operatorErrors,
} as const satisfies Record<string, Entry>;
