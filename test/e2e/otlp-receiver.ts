// A receiver of OTLP over HTTP that takes nothing but what opentelemetry-proto allows: its fields, its types, its encoding in JSON.
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, string | boolean | bigint>>;
  readonly status: { readonly code?: number; readonly message?: string };
}

type Check = (value: unknown) => void;

const is =
  (type: 'string' | 'boolean' | 'number'): Check =>
  (value) =>
    assert.equal(typeof value, type);
const hex =
  (digits: number): Check =>
  (value) => {
    assert.match(String(value), new RegExp(`^[0-9a-f]{${digits}}$`));
    assert.notEqual(value, '0'.repeat(digits));
  };
const uint64: Check = (value) => assert.match(String(typeof value === 'string' ? value : ''), /^\d{1,20}$/);
const int64: Check = (value) => assert.match(String(typeof value === 'string' ? value : ''), /^-?\d{1,19}$/);
const oneOf =
  (...allowed: readonly number[]): Check =>
  (value) =>
    assert.ok(allowed.includes(value as number), String(value));
const list =
  (check: Check): Check =>
  (value) => {
    assert.ok(Array.isArray(value));
    for (const one of value) check(one);
  };

/** An object of these fields and no others; those with a `!` have to be there. */
const message =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
    for (const [name, inner] of Object.entries(value)) {
      const check = fields[name] ?? fields[`${name}!`];
      assert.ok(check !== undefined, `${name} is no field here`);
      check(inner);
    }
    for (const name of Object.keys(fields).filter((one) => one.endsWith('!')))
      assert.ok(Object.hasOwn(value, name.slice(0, -1)), `${name.slice(0, -1)} is missing`);
  };

const anyValue = message({
  stringValue: is('string'),
  boolValue: is('boolean'),
  intValue: int64,
  doubleValue: is('number'),
});
const keyValue = message({ 'key!': is('string'), 'value!': anyValue });
const span = message({
  'traceId!': hex(32),
  'spanId!': hex(16),
  traceState: is('string'),
  parentSpanId: hex(16),
  flags: is('number'),
  'name!': is('string'),
  'kind!': oneOf(1, 2, 3, 4, 5),
  'startTimeUnixNano!': uint64,
  'endTimeUnixNano!': uint64,
  attributes: list(keyValue),
  status: message({ message: is('string'), code: oneOf(0, 1, 2) }),
});
const request = message({
  'resourceSpans!': list(
    message({
      'resource!': message({ attributes: list(keyValue) }),
      'scopeSpans!': list(
        message({
          'scope!': message({ 'name!': is('string'), version: is('string') }),
          'spans!': list(span),
        }),
      ),
    }),
  ),
});

interface Raw {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly RawAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}
interface RawAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly boolValue?: boolean; readonly intValue?: string };
}
interface RawSpan extends Omit<ReceivedSpan, 'start' | 'end' | 'attributes'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly RawAttribute[];
}

export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly bodies: string[] = [];
  readonly faults: string[] = [];
  headers: IncomingHttpHeaders = {};
  resource: Readonly<Record<string, unknown>> = {};
  requests = 0;
  /** What it answers. */
  status = 200;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((asked, answer) => {
      const pieces: Buffer[] = [];
      asked.on('data', (piece: Buffer) => pieces.push(piece));
      asked.on('end', () => {
        this.requests += 1;
        this.headers = asked.headers;
        if (this.status === 200) this.#take(asked.url ?? '', Buffer.concat(pieces).toString());
        answer.writeHead(this.status, { 'Content-Type': 'application/json' });
        answer.end('{"partialSuccess":{}}');
      });
    });
  }

  static async start(t: { after(fn: () => void): void }): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      receiver.#server.closeAllConnections();
      receiver.#server.close();
    });
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until a span is there that fits. */
  async until(fits: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    for (;;) {
      const found = this.spans.find(fits);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #take(url: string, body: string): void {
    this.bodies.push(body);
    try {
      assert.equal(url, '/v1/traces');
      const raw = JSON.parse(body) as Raw;
      request(raw);
      for (const { resource, scopeSpans } of raw.resourceSpans) {
        this.resource = asRecord(resource.attributes);
        for (const one of scopeSpans.flatMap(({ spans }) => spans)) this.spans.push(received(one));
      }
    } catch (error) {
      this.faults.push((error as Error).message);
    }
  }
}

function received({ startTimeUnixNano, endTimeUnixNano, attributes, ...rest }: RawSpan): ReceivedSpan {
  return {
    ...rest,
    start: BigInt(startTimeUnixNano),
    end: BigInt(endTimeUnixNano),
    attributes: asRecord(attributes),
  };
}

function asRecord(attributes: readonly RawAttribute[]): Record<string, string | boolean | bigint> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? BigInt(value.intValue ?? 0),
    ]),
  );
}
