import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '@wherry/core/function';
import { policyOf } from '@wherry/core/rules/policy';
import { countingIds } from './counting-ids.ts';
import { FakeForwarder } from './fake-forwarder.ts';
import { FakeProvider } from './fake-provider.ts';
import { providerConformance } from './provider-conformance.ts';
import { SimulatedClock } from './simulated-clock.ts';

const deployment = (version: number): Deployment => ({
  spec: { namespace: 'openfaas-fn', name: 'hello', image: 'wherry.local/hello@sha256:0' },
  version,
  createdAt: 0,
});

providerConformance('fake provider', async () => {
  const clock = new SimulatedClock();
  const provider = new FakeProvider({ clock, ids: countingIds(clock) });
  return {
    provider,
    deployment,
    crash: async (instance) => provider.crash(instance.id),
    leftovers: async () => [...provider.running.keys()],
    dispose: async () => {},
  };
});

const request = { method: 'GET', path: '/', headers: [], body: new Uint8Array(0), leftMs: 1000 };

/** A sink that writes down what it hears. */
function listening() {
  const heard: string[] = [];
  const sink = {
    whole: (status: number, _headers: readonly string[], body: Uint8Array) =>
      void heard.push(`whole ${status} ${Buffer.from(body)}`),
    head: (status: number) => void heard.push(`head ${status}`),
    chunk: (bytes: Uint8Array) => heard.push(`chunk ${Buffer.from(bytes)}`) < 0,
    end: () => void heard.push('end'),
    failed: (failure: { kind: string }) => void heard.push(`failed ${failure.kind}`),
    settled: () => void heard.push('settled'),
  };
  return { heard, sink };
}

test('a slow start takes its time on the clock, and a told failure comes once', async () => {
  const clock = new SimulatedClock();
  const provider = new FakeProvider({ clock, ids: countingIds(clock) });
  await provider.open({ exited() {}, logged() {}, contacted() {} });
  provider.startMs = 30;
  provider.failNextStart();
  const failing = assert.rejects(provider.start(deployment(1), policyOf(deployment(1).spec)), {
    code: 'start_failed',
  });
  const starting = provider.start(deployment(1), policyOf(deployment(1).spec));
  await clock.advance(29);
  assert.equal(provider.running.size, 0);
  await clock.advance(1);
  await failing;
  assert.equal((await starting).id, 'i1');
});

test('the forwarder answers by its script, in time, and streams at the taker’s pace', async () => {
  const clock = new SimulatedClock();
  const forwarder = new FakeForwarder(clock);
  const channel = await forwarder.open({ kind: 'frames', path: '/a' }, () => {});
  assert.equal(await forwarder.open({ kind: 'frames', path: '/a' }, () => {}), channel);
  const slow = listening();
  forwarder.script = () => ({ status: 201, body: Buffer.from('x'), afterMs: 10 });
  channel.forward(request, slow.sink);
  await clock.advance(9);
  assert.deepEqual(slow.heard, []);
  await clock.advance(1);
  assert.deepEqual(slow.heard, ['whole 201 x', 'settled']);

  const streamed = listening();
  forwarder.script = () => ({ status: 200, chunks: [Buffer.from('1'), Buffer.from('2')] });
  const forwarding = channel.forward(request, streamed.sink);
  await clock.advance(0);
  assert.deepEqual(streamed.heard, ['head 200', 'chunk 1']);
  forwarding.resume();
  forwarding.resume();
  assert.deepEqual(streamed.heard, ['head 200', 'chunk 1', 'chunk 2', 'end', 'settled']);
});

test('a lost connection fails the calls in flight and tells its opener; a cancelled call only settles', async () => {
  const clock = new SimulatedClock();
  const forwarder = new FakeForwarder(clock);
  forwarder.script = () => 'never';
  let lost = 0;
  const endpoint = { kind: 'http', host: '127.0.0.1', port: 80 } as const;
  const channel = await forwarder.open(endpoint, () => void lost++);
  const [held, dropped] = [listening(), listening()];
  channel.forward(request, held.sink);
  channel.forward(request, dropped.sink).cancel();
  forwarder.lose(endpoint);
  assert.deepEqual(held.heard, ['failed lost', 'settled']);
  assert.deepEqual(dropped.heard, ['settled']);
  assert.equal(lost, 1);
});
