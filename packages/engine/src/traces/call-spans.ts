import type { Span, SpanKind, TraceContext } from '@wherry/core/trace';
import type { Call } from '../invoke/call.ts';

/** A stage of a call, as it was. Times are monotonic. */
interface Noted {
  readonly name: string;
  readonly spanId: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly error: string | undefined;
}

/** Stages that took less are of no interest, unless they failed or called somebody: most take a few millionths of a second. */
const shortMs = 0.1;
/** The stage that calls somebody, who hears of its span. */
const calling = 'forward';

/** What a traced call notes of its stages on its way. */
export class CallSpans {
  readonly #newSpan: () => string;
  readonly #own: string;
  readonly #notes: Noted[] = [];
  /** Whoever is called now is called by this span. */
  current: string;

  constructor(context: TraceContext, newSpan: () => string) {
    this.#newSpan = newSpan;
    this.#own = context.spanId;
    this.current = context.spanId;
  }

  begin(name: string): void {
    if (name === calling) this.current = this.#newSpan();
  }

  /** A stage is over, or goes on to the next. */
  over(name: string, from: number, to: number, error?: string): void {
    const spanId = name === calling ? this.current : undefined;
    this.current = this.#own;
    if (spanId !== undefined || error !== undefined || to - from >= shortMs)
      this.#notes.push({ name, spanId, from, to, error });
  }

  /** All spans of the call: its own, and one for each stage that matters. */
  all(call: Call, context: TraceContext, ended: number): readonly Span[] {
    const wall = (monotonic: number): number => call.startedAt + (monotonic - call.started);
    const { traceId } = context;
    const own: Span = {
      ...{ traceId, spanId: context.spanId },
      ...(context.parentId === undefined ? {} : { parentId: context.parentId }),
      ...(context.state === undefined ? {} : { state: context.state }),
      name: nameOf(call),
      kind: kindOf(call),
      ...{ startedAt: call.startedAt, endedAt: wall(ended) },
      attributes: attributesOf(call),
      ...errorOf(call),
    };
    const stages = this.#notes.map(
      ({ name, spanId, from, to, error }): Span => ({
        ...{ traceId, spanId: spanId ?? this.#newSpan(), parentId: context.spanId, name },
        kind: name === calling ? 'client' : 'internal',
        ...{ startedAt: wall(from), endedAt: wall(to) },
        attributes: {},
        ...(error === undefined ? {} : { error }),
      }),
    );
    return [own, ...stages];
  }
}

/** Of few values, whatever callers ask for. */
function nameOf({ function: fn, input, status }: Call): string {
  const name = fn === undefined ? 'unknown function' : `${fn.name}.${fn.namespace}`;
  return input.trigger === 'async' && input.queued === undefined && status === 202 ? `${name} enqueue` : name;
}

function kindOf({ input }: Call): SpanKind {
  if (input.queued !== undefined) return 'consumer';
  return input.trigger === 'internal' ? 'internal' : input.trigger === 'event' ? 'producer' : 'server';
}

const triggers = {
  http: 'http',
  async: 'pubsub',
  event: 'pubsub',
  schedule: 'timer',
  internal: 'other',
} as const;

/** In the words of OpenTelemetry's semantic conventions where they have one. No query, no header, no body. */
function attributesOf(call: Call): Record<string, string | number | boolean> {
  const { input, fleet, member, error } = call;
  const attributes: Record<string, string | number | boolean> = {
    'faas.trigger': triggers[input.trigger],
    'faas.invocation_id': call.id,
    'http.request.method': input.method,
    'http.response.status_code': call.status,
    'http.request.body.size': call.bytesIn,
    'http.response.body.size': call.bytesOut,
  };
  if (fleet !== undefined) {
    attributes['faas.name'] = `${fleet.key.name}.${fleet.key.namespace}`;
    attributes['faas.version'] = String(fleet.key.version);
    attributes['faas.coldstart'] = call.cold;
  }
  if (member !== undefined) attributes['faas.instance'] = member.id;
  if (input.queued !== undefined) attributes['wherry.attempt'] = input.queued.attempt;
  if (input.replayOf !== undefined) attributes['wherry.replay_of'] = input.replayOf;
  if (error !== undefined) attributes['wherry.fault'] = error.fault;
  return attributes;
}

/** What the caller did wrong is no failure of who served it; a 5xx is. */
function errorOf({ error, faulted, status }: Call): Pick<Span, 'error'> {
  if (error !== undefined) return error.status >= 500 || error.status === 499 ? { error: error.code } : {};
  if (faulted) return { error: 'function_failed' };
  return status >= 500 ? { error: String(status) } : {};
}
