import type { FunctionName } from './names.ts';
import type { QueueState } from './queued-call.ts';
import type { LogLevel } from './rules/log-level.ts';

/** Tables that can be taken along as a whole. */
export const tableNames = [
  ...(['calls', 'logs', 'functions', 'instances', 'queue', 'scaling', 'schedules'] as const),
  ...(['secrets', 'tokens', 'usage', 'metrics'] as const),
] as const;
export type TableName = (typeof tableNames)[number];

/** What of a table is wanted; all that is given has to fit. Times are milliseconds since 1970. */
export interface TableFilters {
  readonly function?: FunctionName;
  readonly namespace?: string;
  readonly since?: number;
  readonly until?: number;
  /** Only calls that were answered with 500 or more. */
  readonly failed?: boolean;
  readonly level?: LogLevel;
  readonly text?: string;
  readonly instance?: string;
  readonly version?: number;
  readonly state?: QueueState;
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
  calls: ['function', 'namespace', 'since', 'until', 'failed'],
  logs: ['function', 'namespace', 'since', 'until', 'level', 'text', 'instance', 'version'],
  functions: ['namespace'],
  instances: ['function', 'namespace'],
  queue: ['function', 'namespace', 'state'],
  scaling: ['function', 'namespace', 'since'],
  schedules: ['namespace'],
  secrets: ['namespace'],
  tokens: [],
  usage: ['function', 'namespace', 'since', 'until', 'by', 'every', 'zone'],
  metrics: ['query', 'since', 'until', 'step'],
};
