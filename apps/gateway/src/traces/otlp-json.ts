import type { Span, SpanKind } from '@wherry/core/trace';

type Value = string | number | boolean;

/** In OTLP's order (opentelemetry/proto/trace/v1/trace.proto, Span.SpanKind). */
const kinds: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const failed = 2;

/**
 * Spans as OTLP has them in JSON (ExportTraceServiceRequest, OTLP 1.0, "JSON Protobuf Encoding"): ids in hexadecimal, 64-bit numbers as
 * text, enumerations as numbers.
 */
export function encodeSpans(
  spans: readonly Span[],
  resource: Readonly<Record<string, Value>>,
  release: string,
): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [{ scope: { name: 'wherry', version: release }, spans: spans.map(encodeSpan) }],
      },
    ],
  });
}

function encodeSpan(span: Span): object {
  const { traceId, spanId, parentId, state, name, kind, startedAt, endedAt, error } = span;
  return {
    ...{ traceId, spanId },
    ...(state === undefined ? {} : { traceState: state }),
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    ...{ name, kind: kinds[kind] },
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(Math.max(startedAt, endedAt)),
    attributes: attributes(
      error === undefined ? span.attributes : { ...span.attributes, 'error.type': error },
    ),
    status: error === undefined ? {} : { code: failed, message: error },
  };
}

function attributes(of: Readonly<Record<string, Value>>): readonly object[] {
  return Object.entries(of).map(([key, value]) => ({ key, value: encodeValue(value) }));
}

function encodeValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value.toWellFormed() };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Milliseconds since 1970, with fractions, as nanoseconds. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`;
}
