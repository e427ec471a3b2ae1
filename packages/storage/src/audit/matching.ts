import type { AuditRecord } from '@wherry/core/audit-record';
import type { AuditQuery } from '@wherry/core/ports/audit-log';

/** Whether a record is one that is looked for. */
export function matches(record: AuditRecord, query: AuditQuery): boolean {
  const { who, what, namespace, name, since = -Infinity, until = Infinity, outcome } = query;
  return (
    (who === undefined || record.who === who) &&
    (what === undefined || record.what === what) &&
    (namespace === undefined || record.namespace === namespace) &&
    (name === undefined || record.name === name) &&
    record.at >= since &&
    record.at <= until &&
    (outcome === undefined || outcome === outcomeOf(record.status))
  );
}

function outcomeOf(status: number): AuditQuery['outcome'] {
  if (status === 0) return 'unknown';
  return status < 400 ? 'done' : 'refused';
}
