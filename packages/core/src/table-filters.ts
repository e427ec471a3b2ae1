import type { AuditOutcomeName } from './ports/audit-log.ts';
import type { FunctionName } from './names.ts';
import type { QueueState } from './queued-call.ts';
import type { LogLevel } from './rules/log-level.ts';

/** Tables that can be taken along as a whole. */
export const tableNames = [
  ...(['calls', 'logs', 'functions', 'instances', 'ends', 'queue', 'scaling', 'schedules'] as const),
  ...(['secrets', 'tokens', 'audit', 'usage', 'metrics'] as const),
] as const;
export type TableName = (typeof tableNames)[number];

/** These have no address of their own: who may read them has to say who they are. */
export const neverLinked: readonly TableName[] = ['secrets', 'tokens', 'audit'];

/** What of a table is wanted; all that is given has to fit. Times are milliseconds since 1970. */
export interface TableFilters {
  readonly function?: FunctionName;
  readonly namespace?: string;
  readonly since?: number;
  readonly until?: number;
  /** Only calls that were answered with 500 or more; only instances whose end nobody asked for. */
  readonly failed?: boolean;
  /** Only calls that had to wake an instance. */
  readonly cold?: boolean;
  readonly level?: LogLevel;
  /** Of logs: in the line. Elsewhere: in what the row is searched by, see `row-search`. */
  readonly text?: string;
  readonly instance?: string;
  readonly version?: number;
  readonly state?: QueueState;
  /** Of the queue: what calls are served in turn with. */
  readonly lane?: string;
  /** Of the audit log: whose token, which kind of change, about what, and how it ended. */
  readonly who?: string;
  readonly what?: string;
  readonly about?: string;
  readonly outcome?: AuditOutcomeName;
  /** A query over metrics, and how far apart its points are. */
  readonly query?: string;
  readonly step?: number;
  readonly by?: 'function' | 'namespace';
  readonly every?: 'hour' | 'day' | 'week' | 'month';
  /** Of days and months; IANA. */
  readonly zone?: string;
  /** At most so many rows. */
  readonly limit?: number;
}

export type TableFilter = keyof TableFilters;

/** Which filters a table knows, beside `limit`. */
export const tableFilters: Readonly<Record<TableName, readonly TableFilter[]>> = {
  calls: ['function', 'namespace', 'since', 'until', 'failed', 'cold', 'text'],
  logs: ['function', 'namespace', 'since', 'until', 'level', 'text', 'instance', 'version'],
  functions: ['namespace', 'text'],
  instances: ['function', 'namespace', 'text'],
  ends: ['function', 'namespace', 'since', 'until', 'failed', 'instance', 'text'],
  queue: ['function', 'namespace', 'lane', 'state', 'text'],
  scaling: ['function', 'namespace', 'since'],
  schedules: ['namespace'],
  secrets: ['namespace'],
  tokens: [],
  audit: ['namespace', 'since', 'until', 'who', 'what', 'about', 'outcome'],
  usage: ['function', 'namespace', 'since', 'until', 'by', 'every', 'zone'],
  metrics: ['query', 'since', 'until', 'step'],
};
