import type { LogLine } from '@wherry/core/log-line';
import { type FunctionName, printable } from '@wherry/core/names';
import type { LogFilter } from '@wherry/core/rules/log-filter';
import { levelOf, type LogLevel, logLevels } from '@wherry/core/rules/log-level';
import { functionNamed, integer, lenientBoolean, parameter, refuseQuery, time } from './queries.ts';
import { rfc3339 } from './times.ts';

/** One line of GET /system/logs: a JSON object and a line end. */
export interface LogMessage {
  readonly name: string;
  readonly namespace: string;
  readonly instance: string;
  readonly timestamp: string;
  readonly text: string;
  /** These three only where `detail` is asked for: clients of OpenFaaS know the others. */
  readonly version?: number;
  readonly stream?: LogLine['stream'];
  readonly level?: LogLevel;
}

export const logContentType = 'application/x-ndjson';

export function encodeLogLine(line: LogLine, detail = false): string {
  const { name, namespace, version } = line.deployment;
  const message: LogMessage = {
    name,
    namespace,
    instance: line.instance,
    timestamp: rfc3339(line.at),
    text: line.text,
    ...(detail ? { version, stream: line.stream, level: levelOf(line) } : {}),
  };
  return `${JSON.stringify(message)}\n`;
}

/** What GET /system/logs is asked for. */
export interface LogRequest {
  readonly target: FunctionName;
  readonly filter: LogFilter;
  /** Only the last so many lines; undefined is all. */
  readonly tail?: number;
  readonly follow: boolean;
  /** Only what was written while this call ran, by the instance that ran it. */
  readonly call?: string;
  readonly detail: boolean;
}

const longestText = 1_000;

/** Throws `bad_query` (422), and `function_unknown` for what can't be a function's name. */
export function decodeLogQuery(query: URLSearchParams): LogRequest {
  const name = parameter(query, 'name') ?? refuseQuery('name', 'missing');
  const tail = integer(query, 'tail');
  const call = parameter(query, 'call');
  return {
    target: functionNamed(name, parameter(query, 'namespace')),
    follow: lenientBoolean(parameter(query, 'follow')) ?? false,
    detail: lenientBoolean(parameter(query, 'detail')) ?? false,
    filter: decodeFilter(query),
    ...(tail === undefined || tail <= 0 ? {} : { tail }), // the CLI of OpenFaaS says -1 for all
    ...(call === undefined ? {} : { call }),
  };
}

function decodeFilter(query: URLSearchParams): LogFilter {
  const filter: { -readonly [K in keyof LogFilter]: LogFilter[K] } = {};
  const instance = parameter(query, 'instance');
  if (instance !== undefined) filter.instance = instance;
  const version = integer(query, 'version');
  if (version !== undefined) filter.version = version;
  const since = time(query, 'since');
  if (since !== undefined) filter.since = since;
  const until = time(query, 'until');
  if (until !== undefined) filter.until = until;
  const text = parameter(query, 'text');
  if (text !== undefined && text.length > longestText)
    refuseQuery('text', `longer than ${longestText} characters`);
  if (text !== undefined) filter.text = text;
  const level = parameter(query, 'level');
  if (level !== undefined)
    filter.level =
      logLevels.find((one) => one === level.toLowerCase()) ??
      refuseQuery('level', `${printable(level)} is none of ${logLevels.join(', ')}`);
  return filter;
}
