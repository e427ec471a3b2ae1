import { WherryError } from '@wherry/core/errors';
import type { CallbackSender } from '@wherry/core/ports/callback-sender';
import type { Clock } from '@wherry/core/ports/clock';
import type { Ids } from '@wherry/core/ports/ids';
import type { SpanExporter } from '@wherry/core/ports/span-exporter';
import { parseTraceParent } from '@wherry/core/rules/trace-context';
import type { TraceContext } from '@wherry/core/trace';
import type { Call, CallInput } from '../invoke/call.ts';
import type { Next, Stage } from '../invoke/pipeline.ts';
import { CallSpans } from './call-spans.ts';
import { SpanOutbox } from './span-outbox.ts';
import { tracedSender } from './traced-sender.ts';

/** Where traces go, and how many of them. */
export interface Tracing {
  readonly exporter: SpanExporter;
  /** Of calls that begin a trace, from 0 to 1; of others their caller has decided. */
  readonly ratio: number;
}

export interface TracerParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly problem: (message: string) => void;
}

/** A call is at least so many spans. */
const leastSpans = 2;

/** Places calls in traces and makes spans of their stages. There is one only where somebody collects them. */
export class Tracer {
  readonly outbox: SpanOutbox;
  readonly #parts: TracerParts;
  readonly #ratio: number;

  constructor({ exporter, ratio }: Tracing, parts: TracerParts) {
    this.#parts = parts;
    this.#ratio = ratio;
    this.outbox = new SpanOutbox(exporter, parts.clock, parts.problem);
  }

  /** Gives a call its place: in its caller's trace, or in one that begins with it and has its id. */
  begin(call: Call): void {
    const { ids, random } = this.#parts;
    const given = contextOf(call.input);
    const spanId = ids.spanId();
    const context: TraceContext =
      given === undefined
        ? { traceId: call.id.replaceAll('-', ''), spanId, sampled: random() < this.#ratio }
        : { ...given, spanId, parentId: given.spanId };
    call.trace = context;
    call.traced = true;
    if (context.sampled) call.spans = new CallSpans(context, () => ids.spanId());
  }

  /** A stage that notes how long it took until it went on, or failed; of calls whose spans are kept. */
  around(name: string, stage: Stage): Stage {
    return (call, next) =>
      call.spans === undefined ? stage(call, next) : this.#timed(name, stage, call.spans, call, next);
  }

  async #timed(name: string, stage: Stage, spans: CallSpans, call: Call, next: Next): Promise<void> {
    const { clock } = this.#parts;
    const from = clock.monotonic();
    let open = true;
    // The first of several times counts: what comes later belongs to the stages behind.
    const over = (error?: string): void => {
      if (open) spans.over(name, from, clock.monotonic(), error);
      open = false;
    };
    spans.begin(name);
    try {
      await stage(call, (same) => {
        over();
        return next(same);
      });
      over();
    } catch (error) {
      over(error instanceof WherryError ? error.code : 'not_sent');
      throw error;
    }
  }

  /** A call is over: its spans go out. */
  ended(call: Call): void {
    const { spans, trace } = call;
    if (spans === undefined || trace === undefined || !this.outbox.hasRoom(leastSpans)) return;
    this.outbox.add(spans.all(call, trace, this.#parts.clock.monotonic()));
  }

  /** The same sender, whose deliveries are spans of the trace of their call. */
  tracing(sender: CallbackSender): CallbackSender {
    return tracedSender(sender, { ...this.#parts, spans: (spans) => this.outbox.add(spans) });
  }
}

/** The place that a call's caller gave it; undefined where it gave none. */
export function contextOf({ trace }: CallInput): TraceContext | undefined {
  return trace === undefined ? undefined : parseTraceParent(trace);
}
