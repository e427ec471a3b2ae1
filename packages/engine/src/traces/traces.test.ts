import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SpanExporter, SpansRefused } from '@wherry/core/ports/span-exporter';
import { parseTraceParent } from '@wherry/core/rules/trace-context';
import type { Span } from '@wherry/core/trace';
import { Rig, settle } from '../rig.fixtures.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = 'b7ad6b7169203331';
const given = { parent: `00-${traceId}-${caller}-01`, state: 'congo=1' };

class Collected implements SpanExporter {
  readonly spans: Span[] = [];
  fail: (() => Error | undefined) | undefined;

  async export(spans: readonly Span[]): Promise<number> {
    const error = this.fail?.();
    if (error !== undefined) throw error;
    this.spans.push(...spans);
    return 0;
  }

  close(): void {}

  named(name: string): Span {
    const found = this.spans.filter((span) => span.name === name);
    assert.equal(found.length, 1, `${name} in ${this.spans.map((span) => span.name).join(', ')}`);
    return found[0] as Span;
  }
}

async function traced(ratio = 1): Promise<{ rig: Rig; exporter: Collected; seen: string[][] }> {
  const exporter = new Collected();
  const rig = await Rig.open({ parts: { tracing: { exporter, ratio } } });
  await rig.deploy('hello');
  const seen: string[][] = [];
  rig.forwarder.script = ({ headers }) => {
    seen.push([...headers]);
    return { status: 200, body: Buffer.from('ok') };
  };
  return { rig, exporter, seen };
}

const headerOf = (headers: readonly string[] | undefined, name: string): readonly string[] =>
  (headers ?? []).filter((_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === name);

test('a call has a span, stages that took a moment have theirs below, and the function hears of the one that called it', async () => {
  const { rig, exporter, seen } = await traced();
  await rig.fleet('hello').sleep();
  rig.provider.startMs = 50;
  const answer = rig.call('hello', {
    path: '/p?secret=1',
    trace: given,
    headers: ['traceparent', 'theirs', 'tracestate', 'x=y', 'X-Secret', 'value'],
  });
  await rig.clock.advance(2000);
  await answer.over;
  await rig.platform.tracer?.outbox.flush();
  const call = exporter.named('hello.openfaas-fn');
  assert.deepEqual(
    [call.traceId, call.parentId, call.kind, call.state],
    [traceId, caller, 'server', 'congo=1'],
  );
  assert.deepEqual(
    exporter.spans.slice(1).map(({ name }) => name),
    ['wake', 'forward'],
  );
  for (const span of exporter.spans.slice(1)) {
    assert.deepEqual([span.traceId, span.parentId], [traceId, call.spanId], span.name);
    assert.ok(span.startedAt >= call.startedAt && span.endedAt <= call.endedAt, span.name);
  }
  assert.equal(exporter.named('wake').endedAt - exporter.named('wake').startedAt, rig.provider.startMs);
  assert.deepEqual(
    [call.attributes['faas.coldstart'], call.attributes['http.response.status_code']],
    [true, 200],
  );
  const forward = exporter.named('forward');
  assert.deepEqual(headerOf(seen[0], 'traceparent'), [`00-${traceId}-${forward.spanId}-01`]);
  assert.deepEqual(headerOf(seen[0], 'tracestate'), ['congo=1']);
  assert.equal((await rig.records.find({ limit: 1 }))[0]?.traceId, traceId);
  assert.doesNotMatch(JSON.stringify(exporter.spans), /secret|value|theirs/i);
  await rig.close();
});

test('a call that comes with none begins a trace that has its id', async () => {
  const { rig, exporter, seen } = await traced();
  const answer = rig.call('hello');
  await answer.over;
  await rig.platform.tracer?.outbox.flush();
  const call = exporter.named('hello.openfaas-fn');
  assert.deepEqual([call.traceId, call.parentId], [answer.call.id.replaceAll('-', ''), undefined]);
  assert.equal(
    parseTraceParent({ parent: headerOf(seen[0], 'traceparent')[0] ?? '' })?.traceId,
    call.traceId,
  );
  await rig.close();
});

test('what its caller or the ratio does not want traced leaves no span, and those behind are told so', async () => {
  const { rig, exporter, seen } = await traced(0);
  await rig.call('hello').over;
  await rig.call('hello', { trace: { parent: given.parent.replace(/01$/, '00') } }).over;
  await rig.call('hello', { trace: given }).over;
  await rig.platform.tracer?.outbox.flush();
  assert.deepEqual(
    seen.map((headers) => headerOf(headers, 'traceparent')[0]?.slice(-2)),
    ['00', '00', '01'],
  );
  assert.equal(new Set(exporter.spans.map((span) => span.traceId)).size, 1);
  await rig.close();
});

test('refused and failed calls have spans too, with what went wrong and at which stage', async () => {
  const { rig, exporter } = await traced();
  rig.forwarder.script = () => 'never';
  const late = rig.call('hello');
  await settle();
  await rig.clock.advance(60_000);
  await late.over;
  await rig.call('nobody').over;
  await rig.platform.tracer?.outbox.flush();
  assert.equal(exporter.named('hello.openfaas-fn').error, 'function_timeout');
  assert.equal(exporter.named('forward').error, 'function_timeout');
  const unknown = exporter.named('unknown function');
  assert.deepEqual([unknown.error, unknown.attributes['wherry.fault']], [undefined, 'caller']);
  assert.equal(
    exporter.spans.find(({ name, traceId: of }) => name === 'address' && of === unknown.traceId)?.error,
    'function_unknown',
  );
  await rig.close();
});

test('through the queue, to the function, and on to whoever gets the answer, it is one trace', async () => {
  const { rig, exporter, seen } = await traced();
  const later = rig.later('hello', ['X-Callback-Url', 'https://example.com/hook?key=secret'], 'body', {
    trace: given,
  });
  await later.over;
  await settle();
  await rig.clock.advance(2000);
  await rig.platform.tracer?.outbox.flush();
  const [accepted, made, sent] = ['hello.openfaas-fn enqueue', 'hello.openfaas-fn', 'deliver answer'].map(
    (name) => exporter.named(name),
  );
  assert.deepEqual([accepted?.parentId, made?.parentId, made?.kind], [caller, accepted?.spanId, 'consumer']);
  assert.deepEqual([sent?.parentId, sent?.kind], [made?.spanId, 'client']);
  assert.equal(new Set(exporter.spans.map((span) => span.traceId)).size, 1);
  assert.deepEqual(headerOf(seen[0], 'traceparent'), [
    `00-${traceId}-${exporter.named('forward').spanId}-01`,
  ]);
  const delivered = rig.callbacks.sent[0];
  assert.deepEqual(headerOf(delivered?.headers, 'traceparent'), [`00-${traceId}-${sent?.spanId}-01`]);
  assert.deepEqual(headerOf(delivered?.headers, 'tracestate'), ['congo=1']);
  assert.doesNotMatch(JSON.stringify(exporter.spans), /secret/);
  await rig.close();
});

test('where calls are not traced, a trace that comes passes untouched, also through the queue, and its id is on record', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  const seen: string[][] = [];
  rig.forwarder.script = ({ headers }) => {
    seen.push([...headers]);
    return { status: 200 };
  };
  const headers = ['traceparent', given.parent, 'tracestate', given.state];
  await rig.call('hello', { trace: given, headers }).over;
  await rig.call('hello').over;
  const later = rig.later('hello', [...headers, 'X-Callback-Url', 'https://example.com/'], '', {
    trace: given,
  });
  await later.over;
  await settle();
  await rig.clock.advance(2000);
  assert.deepEqual(
    seen.map((one) => headerOf(one, 'traceparent')),
    [[given.parent], [], [given.parent]],
  );
  assert.deepEqual(headerOf(rig.callbacks.sent[0]?.headers, 'traceparent'), [given.parent]);
  const records = await rig.records.find({ limit: 9 });
  assert.deepEqual(
    records.map((record) => record.traceId),
    [traceId, undefined, traceId],
  );
  await rig.close();
});

test('a receiver that is down holds up nobody: what can be sent again is, the rest is dropped and counted, and told once', async () => {
  const { rig, exporter } = await traced();
  let down = true;
  exporter.fail = () => (down ? new SpansRefused('connection refused', true) : undefined);
  for (let n = 0; n < 6000; n += 1) await rig.call('hello').over;
  const outbox = rig.platform.tracer?.outbox;
  assert.ok((outbox?.dropped ?? 0) > 3_000, `${outbox?.dropped}`);
  await rig.clock.advance(2000);
  assert.equal(
    rig.problems.filter((text) => text.startsWith('traces are not taken')).length,
    1,
    rig.problems.join(),
  );
  down = false;
  await rig.clock.advance(40_000);
  assert.ok(exporter.spans.length > 7_000, `${exporter.spans.length}`);
  assert.equal(exporter.spans.length + (outbox?.dropped ?? 0), 6000 * 2);
  await rig.close();
});
