import type { AlertKey } from '@wherry/core/ports/alert-store';

/** What tells documents apart, whatever is in their names. */
export function alertKeyText({ kind, id }: AlertKey): string {
  return JSON.stringify([kind, id]);
}

export function byAlertKey(a: AlertKey, b: AlertKey): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
