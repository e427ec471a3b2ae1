import type { AuditEntry, AuditOutcome } from '@wherry/core/audit-record';

/** The record of what was begun by a process that ended before it could say how that went. */
export function leftOpen(entry: AuditEntry): AuditEntry & AuditOutcome {
  return { ...entry, status: 0, error: 'interrupted' };
}

/** What the platform notes of its own doing. `from` is empty, for it came from nowhere. */
export function ownEntry(
  what: string,
  at: number,
  change: Readonly<Record<string, string>>,
): AuditEntry & AuditOutcome {
  return { at, who: '(local)', from: '', what, method: '', call: '', change, status: 200 };
}
