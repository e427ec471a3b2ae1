import {
  type AuditRecord,
  type AuditVerdict,
  canonical,
  type ChainedRecord,
} from '@wherry/core/audit-record';
import { type AuditQuery, auditOutcomes } from '@wherry/core/ports/audit-log';
import { integer, parameter, refuseQuery, time } from './queries.ts';
import { harmlessText } from './tables/csv.ts';
import { rfc3339 } from './times.ts';

/** A record as GET /system/audit answers it (an array, newest first). */
export interface AuditEntryInfo extends Omit<AuditRecord, 'at' | 'until'> {
  readonly at: string;
  readonly until?: string;
}

/** What GET /system/audit/verify answers. */
export interface AuditState extends AuditVerdict {
  readonly verifies: boolean;
}

export const exportFormats = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const usualLimit = 50;
const mostLimit = 1000;
/** Faults that are told. */
const mostShown = 100;

export function encodeAudit({ at, until, ...rest }: AuditRecord): AuditEntryInfo {
  return { ...rest, at: rfc3339(at), ...(until === undefined ? {} : { until: rfc3339(until) }) };
}

export function encodeVerdict(verdict: AuditVerdict): AuditState {
  const { faults, accepted } = verdict;
  const shown = { faults: faults.slice(0, mostShown), accepted: accepted.slice(0, mostShown) };
  return { ...verdict, verifies: faults.length === 0, ...shown };
}

/** Throws `bad_query`. */
export function decodeAuditQuery(query: URLSearchParams): AuditQuery {
  const [since, until, before] = [time(query, 'since'), time(query, 'until'), integer(query, 'before')];
  const limit = integer(query, 'limit') ?? usualLimit;
  if (limit < 1 || limit > mostLimit) return refuseQuery('limit', `outside 1 to ${mostLimit}`);
  const asked = parameter(query, 'outcome');
  const outcome = auditOutcomes.find((one) => one === asked);
  if (asked !== undefined && outcome === undefined)
    return refuseQuery('outcome', `none of ${auditOutcomes.join(', ')}`);
  const texts = (['who', 'what', 'namespace', 'name'] as const).flatMap((key) => {
    const value = parameter(query, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    ...Object.fromEntries(texts),
    limit,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(before === undefined ? {} : { before }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** Throws `bad_query`. */
export function decodeExportFormat(query: URLSearchParams): ExportFormat {
  const asked = parameter(query, 'format') ?? 'jsonl';
  return (
    exportFormats.find((one) => one === asked) ?? refuseQuery('format', `none of ${exportFormats.join(', ')}`)
  );
}

/** One line: what proves a record, and the record itself, byte for byte as it was hashed. */
export function auditLine({ seq, hash, key, mac, body }: ChainedRecord): string {
  return `{"seq":${seq},"hash":${JSON.stringify(hash)},"key":${JSON.stringify(key)},"mac":${JSON.stringify(mac)},"record":${body}}\n`;
}

/** The last line: where the chain ended, so that a file that was cut off is not taken for a whole one. */
export function auditHeadLine(head: Omit<ChainedRecord, 'body'>): string {
  return `{"head":${canonical(head)}}\n`;
}

const columns = [
  ...(['seq', 'at', 'who', 'token', 'from', 'what', 'method', 'namespace', 'name'] as const),
  ...(['status', 'error', 'count', 'until', 'call', 'change', 'hash'] as const),
];

export const auditCsvHead = `${columns.join(',')}\r\n`;

/** A row of RFC 4180; every cell in quotes. */
export function auditCsvRow({ body, hash, seq }: ChainedRecord): string {
  const row: Record<string, unknown> = { ...rowOf(body), seq, hash };
  return `${columns.map((column) => quoted(row[column])).join(',')}\r\n`;
}

function rowOf(body: string): object {
  try {
    const { change, ...record } = encodeAudit(JSON.parse(body) as AuditRecord);
    return { ...record, ...(change === undefined ? {} : { change: JSON.stringify(change) }) };
  } catch {
    return { change: body };
  }
}

/** A record is a line: what would end one is spelled out. */
function quoted(value: unknown): string {
  if (typeof value === 'number') return `"${value}"`;
  const text = String(value ?? '').replace(/[\t\r\n]/g, (sign) => `\\u000${sign.charCodeAt(0).toString(16)}`);
  return `"${harmlessText(text).replaceAll('"', '""')}"`;
}
