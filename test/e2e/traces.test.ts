// Traces on their way from a caller, through gateway, queue, function and callback, to a receiver of OTLP on a real socket.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Call } from '@wherry/wire/calls';
import { Gateway } from './gateway.ts';
import { OtlpReceiver } from './otlp-receiver.ts';

const echo = { 'handler.js': 'module.exports = (event) => JSON.stringify(event.headers);' };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${caller}-01`;
const secret = 'the-secret-that-no-span-holds';

test('one trace from the caller to the function, with a span for each stage, as OpenTelemetry has them', async (t) => {
  const receiver = await OtlpReceiver.start(t);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-team=a%20team,authorization=Bearer ${secret}`,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
  };
  const gateway = await Gateway.start(t, { env });
  await gateway.deploy({ name: 'hello', files: echo });
  const before = BigInt(Date.now()) * 1_000_000n;
  const answer = await fetch(`${gateway.url}/function/hello/path?token=${secret}`, {
    method: 'POST',
    headers: { traceparent, tracestate: 'congo=1', 'x-note': secret },
    body: secret,
  });
  const seen = (await answer.json()) as Record<string, string>;
  const call = await receiver.until((span) => span.traceId === traceId && span.kind === 2);
  assert.deepEqual(receiver.faults, []);
  assert.deepEqual([call.name, call.parentSpanId], ['hello.openfaas-fn', caller]);
  assert.equal(call.attributes['faas.invocation_id'], answer.headers.get('x-call-id'));
  assert.equal(call.attributes['http.response.status_code'], 200n);
  const stages = receiver.spans.filter((span) => span.parentSpanId === call.spanId);
  const known = ['address', 'authorise', 'admit', 'wake', 'choose', 'forward'];
  assert.ok(
    stages.every(({ name }) => known.includes(name)),
    stages.map(({ name }) => name).join(),
  );
  for (const { start, end, name } of [call, ...stages])
    assert.ok(start >= before && end >= start && end <= BigInt(Date.now() + 1) * 1_000_000n, name);
  const forward = stages.find(({ name }) => name === 'forward');
  assert.deepEqual(
    [seen['traceparent'], seen['tracestate']],
    [`00-${traceId}-${forward?.spanId}-01`, 'congo=1'],
  );
  assert.deepEqual(
    [receiver.headers['x-team'], receiver.headers.authorization],
    ['a team', `Bearer ${secret}`],
  );
  assert.deepEqual(
    [receiver.resource['service.name'], receiver.resource['deployment.environment']],
    ['wherry', 'test'],
  );
  for (const body of receiver.bodies) assert.ok(!body.includes(secret) && !body.includes('token'));
  const [record] = (await (
    await gateway.system('GET', '/system/calls?function=hello&limit=1')
  ).json()) as Call[];
  assert.equal(record?.traceId, traceId);
  const of = async (trace: string): Promise<readonly string[]> => {
    const found = await gateway.system('GET', `/system/calls?trace=${encodeURIComponent(trace)}`);
    return found.status === 200 ? ((await found.json()) as Call[]).map(({ id }) => id) : [`${found.status}`];
  };
  assert.deepEqual(await of(traceId), [record?.id]);
  assert.deepEqual(await of(traceparent.toUpperCase()), [record?.id], 'as it is pasted from a header');
  assert.deepEqual([await of('e'.repeat(32)), await of('no trace')], [[], ['422']]);
  assert.ok(
    !gateway.output.includes(secret) &&
      !(await (await gateway.system('GET', '/system/config')).text()).includes(secret),
  );
});

test('through the queue, over a restart, to the function and to the receiver of the answer', async (t) => {
  const receiver = await OtlpReceiver.start(t);
  let deliver: (headers: Record<string, unknown>) => void = () => undefined;
  const delivered = new Promise<Record<string, unknown>>((resolve) => {
    deliver = resolve;
  });
  const hook = createServer((asked, reply) => {
    asked.resume();
    deliver(asked.headers);
    reply.end();
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  t.after(() => void hook.close());
  const args = ['--traces-endpoint', `${receiver.url}/`, '--queue-callbacks', '127.0.0.1'];
  const first = await Gateway.start(t, { args });
  await first.deploy({ name: 'hello', files: echo });
  const accepted = await fetch(`${first.url}/async-function/hello`, {
    method: 'POST',
    headers: {
      ...{ traceparent, 'X-Wherry-Delay': '2s' },
      'X-Callback-Url': `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook?key=${secret}`,
    },
  });
  assert.equal(accepted.status, 202);
  const enqueue = await receiver.until(({ name }) => name === 'hello.openfaas-fn enqueue');
  await first.stop();
  await Gateway.start(t, { args, home: first.home });
  const made = await receiver.until(({ kind }) => kind === 5);
  const sent = await receiver.until(({ name }) => name === 'deliver answer');
  assert.deepEqual(receiver.faults, []);
  assert.deepEqual(
    [enqueue.parentSpanId, made.parentSpanId, sent.parentSpanId],
    [caller, enqueue.spanId, made.spanId],
  );
  assert.deepEqual([...new Set([enqueue, made, sent].map((span) => span.traceId))], [traceId]);
  assert.equal((await delivered)['traceparent'], `00-${traceId}-${sent.spanId}-01`);
  for (const body of receiver.bodies) assert.ok(!body.includes(secret));
});

test('a receiver that fails or is not there changes nothing for calls; a wrong address is refused at the start', async (t) => {
  const receiver = await OtlpReceiver.start(t);
  receiver.status = 503;
  const gateway = await Gateway.start(t, { args: ['--traces-endpoint', receiver.url] });
  await gateway.deploy({ name: 'hello', files: echo });
  for (let n = 0; n < 20; n += 1) assert.equal((await gateway.call('hello')).status, 200);
  while (receiver.requests < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  receiver.status = 200;
  await receiver.until(({ name }) => name === 'forward');
  assert.match(gateway.output, /traces are not taken: 127\.0\.0\.1:\d+ answered 503/);
  for (const endpoint of ['ftp://x', 'nonsense', `http://user:${secret}@127.0.0.1`]) {
    const { code, output } = await Gateway.refused({ args: ['--traces-endpoint', endpoint] });
    assert.equal(code, 1);
    assert.match(output, /traces\.endpoint/);
    assert.ok(!output.includes(secret));
  }
  assert.equal((await Gateway.refused({ args: ['--traces-ratio', '2'] })).code, 1);
});

test('off says nothing to anybody, whatever the variables name', async (t) => {
  const receiver = await OtlpReceiver.start(t);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const gateway = await Gateway.start(t, { env, args: ['--traces-endpoint', 'off'] });
  await gateway.deploy({ name: 'hello', files: echo });
  const seen = (await (await gateway.call('hello', { headers: { traceparent } })).json()) as Record<
    string,
    string
  >;
  const plain = (await (await gateway.call('hello')).json()) as Record<string, string>;
  assert.deepEqual([seen['traceparent'], plain['traceparent']], [traceparent, undefined]);
  await gateway.stop();
  assert.equal(receiver.requests, 0);
});
