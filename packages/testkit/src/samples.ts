import type { Capture } from '@wherry/core/capture';
import type { CallRecord } from '@wherry/core/call-record';
import type { FunctionRecord, FunctionSpec } from '@wherry/core/function';
import type { LogLine } from '@wherry/core/log-line';
import type { QueueItem } from '@wherry/core/queued-call';

/** A function as it may be stored; `spec` adds to its specification. */
export function sampleFunction(name: string, revision = 1, spec: Partial<FunctionSpec> = {}): FunctionRecord {
  const namespace = spec.namespace ?? 'openfaas-fn';
  return {
    namespace,
    name,
    revision,
    active: {
      spec: { namespace, name, image: `example/${name}:1`, ...spec },
      version: revision,
      createdAt: 1_700_000_000_123.5,
    },
    createdAt: 1_700_000_000_000,
  };
}

/** The id of the `count`th call that began at `time`: a UUID of version 7. */
export function sampleCallId(time: number, count: number): string {
  const hex = Math.floor(time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-${count.toString(16).padStart(12, '0')}`;
}

/** The `count`th call of a function; `more` replaces what it says. */
export function sampleCall(count: number, more: Partial<CallRecord> = {}): CallRecord {
  const startedAt = more.startedAt ?? 1_700_000_000_000 + count * 10;
  return {
    id: sampleCallId(startedAt, count),
    trigger: 'http',
    target: 'hello',
    deployment: { namespace: 'openfaas-fn', name: 'hello', version: 1 },
    instance: 'i1',
    method: 'GET',
    path: '/',
    startedAt,
    totalMs: 1.25,
    waitMs: 0,
    wakeMs: 0,
    runMs: 1.125,
    cold: false,
    status: 200,
    bytesIn: 0,
    bytesOut: 5,
    ...more,
  };
}

/** What was kept of the `count`th call. */
export function sampleCapture(count: number, more: Partial<Capture> = {}): Capture {
  const at = 1_700_000_000_000 + count * 10;
  const body = (text: string) => {
    const kept = new TextEncoder().encode(text);
    return { kept, bytes: kept.length, cut: false };
  };
  return {
    id: sampleCallId(at, count),
    deployment: { namespace: 'openfaas-fn', name: 'hello', version: 1 },
    at,
    request: {
      method: 'POST',
      path: `/orders/${count}?a=1`,
      headers: ['Content-Type', 'text/plain'],
      body: body(`request ${count}`),
      withheld: [],
    },
    answer: { status: 500, headers: [], body: body(`answer ${count}`), withheld: [] },
    ...more,
  };
}

export function sampleLine(count: number, more: Partial<LogLine> = {}): LogLine {
  return {
    deployment: { namespace: 'openfaas-fn', name: 'hello', version: 1 },
    instance: 'i1',
    at: 1_700_000_000_000 + count * 10,
    stream: 'stdout',
    text: `line ${count}`,
    ...more,
  };
}

const queuedFrom = Date.UTC(2026, 0, 1);

/** The id of the `count`th sample item. */
export function sampleId(count: number): string {
  return sampleCallId(queuedFrom, count);
}

/** The `count`th call for the queue, due at once; `more` replaces what it says. */
export function sampleItem(count: number, more: Partial<QueueItem> = {}): QueueItem {
  return {
    id: sampleId(count),
    lane: 'hello.openfaas-fn',
    of: { namespace: 'openfaas-fn', name: 'hello' },
    head: {
      trigger: 'async',
      target: 'hello',
      method: 'POST',
      path: '/',
      headers: ['Host', 'gateway.example'],
      from: { address: '192.0.2.1', host: 'gateway.example', scheme: 'http' },
      depth: 0,
    },
    body: new TextEncoder().encode(`call ${count}`),
    enqueuedAt: queuedFrom,
    due: queuedFrom,
    expires: queuedFrom + 86_400_000,
    ...more,
  };
}
