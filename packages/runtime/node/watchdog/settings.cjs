// What the watchdogs of OpenFaaS are told by variables, with their names and defaults: the classic one, and of-watchdog's
// modes where `mode` says one.
'use strict';

/** Milliseconds of whole seconds (`60`) or a duration as Go spells it (`1m30s`). */
function duration(env, name, otherwise) {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new Error(`${name}: ${JSON.stringify(text)} is not a duration such as 30s`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0);
}

function flag(env, name, otherwise) {
  const text = env[name];
  return text === undefined || text === '' ? otherwise : text === 'true' || text === '1';
}

function count(env, name) {
  const text = env[name];
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${name}: ${JSON.stringify(text)} is not a number`);
  return Number(text);
}

const modes = ['classic', 'streaming', 'serializing', 'http', 'static'];

/** Throws where something is no value for it; `fallback` is the command where no variable names one. */
function settingsOf(env, fallback) {
  const mode = env.mode || 'classic';
  if (!modes.includes(mode)) throw new Error(`mode: ${JSON.stringify(mode)} is none of ${modes.join(', ')}`);
  // Split at blanks, without quotes: as the watchdogs do.
  const command = (env.function_process || env.fprocess || fallback).split(' ').filter((word) => word !== '');
  if (command.length === 0 && mode !== 'static')
    throw new Error('no process is named: give --fprocess, or the variable fprocess');
  const prefixLogs = flag(env, 'prefix_logs', true);
  const prefixed = prefixLogs && mode !== 'classic';
  return {
    mode,
    command,
    execTimeout: duration(env, 'exec_timeout', mode === 'classic' ? 0 : 30_000),
    maxInflight: count(env, 'max_inflight'),
    contentType: env.content_type || (mode === 'classic' ? '' : 'application/octet-stream'),
    cgiHeaders: flag(env, 'cgi_headers', true),
    marshalRequest: flag(env, 'marshal_request', false),
    combineOutput: flag(env, 'combine_output', true),
    writeDebug: flag(env, 'write_debug', false),
    logCallId: flag(env, 'log_callid', false) || flag(env, 'log_call_id', false),
    prefixLogs,
    suppressLock: flag(env, 'suppress_lock', false),
    /** Where a process's errors go that are no part of the answer, and who reads them there. */
    errors: () => (prefixed ? 'pipe' : 'inherit'),
    follow(child) {
      if (prefixed) require('./log.cjs').prefixed(child.stderr, 'stderr');
    },
    readyPath: env.ready_path || '',
    staticPath: env.static_path || '/home/app/public',
    upstream: env.http_upstream_url || env.upstream_url || '',
  };
}

module.exports = { settingsOf };
