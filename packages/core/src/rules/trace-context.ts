import type { TraceContext, TraceHeaders } from '../trace.ts';

const parent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);
const mostState = 512;
const mostMembers = 32;
// A key, or a tenant's with its system behind an `@`; then what is printable but comma and equals sign.
const member =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** What a caller says by `traceparent` (W3C Trace Context, section 3.2); undefined where it says nothing that can be understood. */
export function parseTraceParent({ parent: text, state }: TraceHeaders): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = parent.exec(text.trim()) ?? [];
  if (version === undefined || version === 'ff' || traceId === noTrace || spanId === noSpan) return undefined;
  // What later versions add at the end is theirs; version 00 ends here.
  if (version === '00' && more !== undefined) return undefined;
  const kept = state === undefined ? undefined : parseTraceState(state);
  return {
    ...{ traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 },
    ...(kept === undefined ? {} : { state: kept }),
  };
}

/** `tracestate` as it may go on; undefined where it breaks the rules (section 3.3), which is to be taken for none. */
export function parseTraceState(text: string): string | undefined {
  const members = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const joined = members.join(',');
  if (members.length === 0 || members.length > mostMembers || joined.length > mostState) return undefined;
  return members.every((one) => member.test(one)) ? joined : undefined;
}

/** `traceparent` as it goes on to whoever is called. */
export function traceParent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The same as it is kept with a call that is made later. */
export function handedOn(context: TraceContext): TraceHeaders {
  const { state } = context;
  return { parent: traceParent(context), ...(state === undefined ? {} : { state }) };
}

/** Both headers, names and values in turn. */
export function traceHeaders(context: TraceContext): readonly string[] {
  const { state } = context;
  return ['traceparent', traceParent(context), ...(state === undefined ? [] : ['tracestate', state])];
}
