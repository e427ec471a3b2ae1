import type { Headers } from '@wherry/core/ports/forwarder';
import { traceHeaders } from '@wherry/core/rules/trace-context';
import type { Call } from './call.ts';

/**
 * What goes on to the function: everything the caller sent but what belongs to the connection (RFC 9110 section 7.6.1), what the
 * platform says itself, and the platform's own credentials. Nobody can claim to be somebody else's proxy.
 */
export function forwardedHeaders(call: Call): Headers {
  const { headers, from, alias, depth, queued, replayOf } = call.input;
  const out: string[] = [];
  let listed: readonly string[] = none;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const drop = dropped(name, call);
    if (drop === 'connection') listed = perhapsListed(headers[i + 1] as string, listed);
    if (drop === undefined) out.push(name, headers[i + 1] as string);
  }
  const kept = listed.length === 0 ? out : without(out, listed);
  if (call.input.upgrade !== undefined) kept.push('Connection', 'Upgrade', 'Upgrade', call.input.upgrade);
  kept.push('X-Call-Id', alias ?? call.id, 'X-Start-Time', call.startTime);
  if (depth !== undefined) kept.push('X-Wherry-Depth', String(depth));
  if (queued !== undefined) kept.push('X-Wherry-Attempt', String(queued.attempt));
  if (call.traced && call.trace !== undefined)
    kept.push(...traceHeaders({ ...call.trace, spanId: call.spans?.current ?? call.trace.spanId }));
  if (replayOf !== undefined) kept.push('X-Wherry-Replay-Of', replayOf);
  kept.push('X-Forwarded-For', from.address, 'X-Forwarded-Host', from.host, 'X-Forwarded-Proto', from.scheme);
  if (from.prefix !== undefined && from.prefix !== '') kept.push('X-Forwarded-Prefix', from.prefix);
  return kept;
}

const none: readonly string[] = [];
/** All of them: some server somewhere believes each. */
const forwardedBy = 'x-forwarded-';
const hyphen = 0x2d;

/** By length first: comparing lower-cased copies of every header of every call would be the dearest part of it. */
function dropped(name: string, { ownCredentials, traced }: Call): string | undefined {
  if (name.length > forwardedBy.length && name.charCodeAt(forwardedBy.length - 1) === hyphen)
    return is(name.slice(0, forwardedBy.length), forwardedBy);
  switch (name.length) {
    case 2:
      return is(name, 'te');
    case 6:
      return is(name, 'expect');
    case 7:
      return is(name, 'trailer') ?? is(name, 'upgrade');
    case 9:
      return is(name, 'x-call-id') ?? is(name, 'forwarded');
    case 10:
      return (
        is(name, 'connection') ?? is(name, 'keep-alive') ?? (traced ? is(name, 'tracestate') : undefined)
      );
    case 11:
      return traced ? is(name, 'traceparent') : undefined;
    case 12:
      return is(name, 'x-start-time');
    case 13:
      return ownCredentials ? is(name, 'authorization') : undefined;
    case 14:
      return is(name, 'x-wherry-depth');
    case 16:
      return is(name, 'proxy-connection') ?? is(name, 'x-wherry-attempt');
    case 17:
      return is(name, 'transfer-encoding');
    case 18:
      return is(name, 'proxy-authenticate') ?? is(name, 'x-wherry-replay-of');
    case 19:
      return is(name, 'proxy-authorization');
    default:
      return undefined;
  }
}

function is(name: string, lower: string): string | undefined {
  return name === lower || name.toLowerCase() === lower ? lower : undefined;
}

/** The further headers that `Connection` names; the two everyday values name none. */
function perhapsListed(value: string, before: readonly string[]): readonly string[] {
  if (value === 'keep-alive' || value === 'close') return before;
  return [
    ...before,
    ...value
      .toLowerCase()
      .split(',')
      .map((part) => part.trim()),
  ];
}

function without(headers: readonly string[], names: readonly string[]): string[] {
  return headers.filter((_, i) => !names.includes((headers[i - (i % 2)] as string).toLowerCase()));
}
