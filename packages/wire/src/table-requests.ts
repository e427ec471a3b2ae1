import { WherryError } from '@wherry/core/errors';
import { isName, printable } from '@wherry/core/names';
import { auditOutcomes } from '@wherry/core/ports/audit-log';
import { logLevels } from '@wherry/core/rules/log-level';
import { zoneNamed } from '@wherry/core/rules/schedules';
import {
  type TableFilter,
  type TableFilters,
  tableFilters,
  type TableName,
  tableNames,
} from '@wherry/core/table-filters';
import { functionNamed, integer, lenientBoolean, parameter, refuseQuery } from './queries.ts';
import { type TableFormat, tableFormats } from './tables/formats.ts';
import { parseRfc3339 } from './times.ts';

/** A table as it is asked for. */
export interface TableRequest {
  readonly table: TableName;
  readonly format: TableFormat;
  /** Whether a CSV file begins with the mark by which Excel knows UTF-8. */
  readonly mark: boolean;
  readonly filters: TableFilters;
}

const queueStates = ['waiting', 'running', 'done', 'dead', 'cancelled'] as const;
const longest = {
  text: 1_000,
  query: 16_384,
  instance: 200,
  lane: 1_000,
  who: 200,
  what: 200,
  about: 200,
} as const;
const unitMs = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 } as const;

/** Throws `table_unknown`, and `bad_query` for a filter that the table does not have: what is misspelled must not give more than was meant. */
export function decodeTableRequest(
  table: string,
  query: URLSearchParams,
  now: number,
  usualFormat: TableFormat = 'csv',
): TableRequest {
  const known = tableNames.find((one) => one === table);
  if (known === undefined)
    throw new WherryError('table_unknown', `${printable(table)} is none of ${tableNames.join(', ')}`, {
      component: 'wire',
    });
  const filters: readonly string[] = [...tableFilters[known], 'limit', 'format', 'mark'];
  for (const name of query.keys())
    if (!filters.includes(name))
      return refuseQuery(printable(name), `no filter of ${known}, which has ${filters.join(', ')}`);
  return {
    table: known,
    format: oneOf(query, 'format', tableFormats) ?? usualFormat,
    mark: flag(query, 'mark') ?? false,
    filters: decodeFilters(query, now),
  };
}

function decodeFilters(query: URLSearchParams, now: number): TableFilters {
  const name = parameter(query, 'function');
  const namespace = parameter(query, 'namespace');
  if (namespace !== undefined && !isName(namespace))
    return refuseQuery('namespace', `${printable(namespace)} is not the name of a namespace`);
  const zone = parameter(query, 'zone');
  const found: Record<TableFilter, unknown> = {
    function: name === undefined ? undefined : functionNamed(name, namespace),
    ...{ namespace, since: moment(query, 'since', now), until: moment(query, 'until', now) },
    ...{ failed: flag(query, 'failed'), cold: flag(query, 'cold'), level: oneOf(query, 'level', logLevels) },
    ...{ text: text(query, 'text'), instance: text(query, 'instance'), query: text(query, 'query') },
    version: count(query, 'version'),
    ...{ state: oneOf(query, 'state', queueStates), lane: text(query, 'lane') },
    ...{ who: text(query, 'who'), what: text(query, 'what'), about: text(query, 'about') },
    outcome: oneOf(query, 'outcome', auditOutcomes),
    step: step(query),
    by: oneOf(query, 'by', ['function', 'namespace']),
    every: oneOf(query, 'every', ['hour', 'day', 'week', 'month']),
    zone: zone === undefined ? undefined : zoneNamed('zone', zone),
    limit: count(query, 'limit'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as TableFilters;
}

/** Milliseconds of `90s`, `24h`, `7d`, `1d12h`; undefined where `text` is none. */
export function spanMs(text: string): number | undefined {
  if (!/^(?:\d{1,6}[smhdw]){1,5}$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+)([smhdw])/g);
  return [...parts].reduce(
    (sum, [, many, unit]) => sum + Number(many) * unitMs[unit as keyof typeof unitMs],
    0,
  );
}

/** A time, or how long ago: what is asked for again and again goes with the time. */
function moment(query: URLSearchParams, name: string, now: number): number | undefined {
  const given = parameter(query, name);
  if (given === undefined) return undefined;
  const ago = spanMs(given);
  return (
    (ago === undefined ? parseRfc3339(given) : now - ago) ??
    refuseQuery(
      name,
      `${printable(given)} is neither a time such as 2026-01-31T12:00:00Z nor one ago such as 24h or 7d`,
    )
  );
}

function step(query: URLSearchParams): number | undefined {
  const given = parameter(query, 'step');
  if (given === undefined) return undefined;
  const ms = spanMs(given) ?? 0;
  return ms > 0 ? ms : refuseQuery('step', `${printable(given)} is no duration such as 60s or 1h`);
}

function text(query: URLSearchParams, name: keyof typeof longest): string | undefined {
  const given = parameter(query, name);
  if (given !== undefined && given.length > longest[name])
    return refuseQuery(name, `more than ${longest[name]} characters`);
  return given;
}

function count(query: URLSearchParams, name: string): number | undefined {
  const given = integer(query, name);
  return given === undefined || given >= 1 ? given : refuseQuery(name, 'less than 1');
}

function flag(query: URLSearchParams, name: string): boolean | undefined {
  const given = parameter(query, name);
  return given === undefined ? undefined : (lenientBoolean(given) ?? refuseQuery(name, 'neither 1 nor 0'));
}

function oneOf<T extends string>(query: URLSearchParams, name: string, choices: readonly T[]): T | undefined {
  const given = parameter(query, name);
  if (given === undefined) return undefined;
  return choices.find((one) => one === given) ?? refuseQuery(name, `none of ${choices.join(', ')}`);
}
