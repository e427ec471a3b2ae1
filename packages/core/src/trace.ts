/** The headers `traceparent` and `tracestate` of W3C Trace Context, as they came or as they go on. */
export interface TraceHeaders {
  readonly parent: string;
  readonly state?: string;
}

/** What a call has to do with a trace. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: of this call's own span, where calls are traced; else of its caller's. */
  readonly spanId: string;
  /** The span that led to this call; undefined where it begins a trace. */
  readonly parentId?: string;
  /** Whether its spans are kept. */
  readonly sampled: boolean;
  /** What other systems want to be told, untouched. */
  readonly state?: string;
}

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** Something that took time. Its attributes never hold a query, the value of a header or a body. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly state?: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Milliseconds since 1970, with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed, in a word; undefined where it didn't. */
  readonly error?: string;
}
