import type { LogLine } from '@wherry/core/log-line';
import type { FunctionName } from '@wherry/core/names';
import { functionNamed, integer, lenientBoolean, parameter, refuseQuery, time } from './queries.ts';
import { rfc3339 } from './times.ts';

/** One line of GET /system/logs: a JSON object and a line end. */
export interface LogMessage {
  readonly name: string;
  readonly namespace: string;
  readonly instance: string;
  readonly timestamp: string;
  readonly text: string;
}

export const logContentType = 'application/x-ndjson';

export function encodeLogLine(line: LogLine): string {
  const { name, namespace } = line.deployment;
  const message: LogMessage = {
    name,
    namespace,
    instance: line.instance,
    timestamp: rfc3339(line.at),
    text: line.text,
  };
  return `${JSON.stringify(message)}\n`;
}

/** What GET /system/logs is asked for. */
export interface LogRequest {
  readonly target: FunctionName;
  readonly instance?: string;
  /** Only the last so many lines; undefined is all. */
  readonly tail?: number;
  readonly follow: boolean;
  /** Milliseconds since 1970. */
  readonly since?: number;
}

/** Throws `bad_query` (422), and `function_unknown` for what can't be a function's name. */
export function decodeLogQuery(query: URLSearchParams): LogRequest {
  const name = parameter(query, 'name') ?? refuseQuery('name', 'missing');
  const tail = integer(query, 'tail');
  const since = time(query, 'since');
  const instance = parameter(query, 'instance');
  return {
    target: functionNamed(name, parameter(query, 'namespace')),
    follow: lenientBoolean(parameter(query, 'follow')) ?? false,
    ...(instance === undefined ? {} : { instance }),
    ...(tail === undefined || tail <= 0 ? {} : { tail }), // the CLI of OpenFaaS says -1 for all
    ...(since === undefined ? {} : { since }),
  };
}
