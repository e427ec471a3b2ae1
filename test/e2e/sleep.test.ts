import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';
import { processesUnder } from './machine.ts';

const one = { 'handler.js': 'const id = String(Math.random()); module.exports = () => id;' };

interface State {
  readonly status: string;
  readonly instances: readonly { readonly id: string }[];
}

const state = async (gateway: Gateway, name: string): Promise<State> =>
  (await gateway.system('GET', `/system/function/${name}/state`)).json() as Promise<State>;

/** Resolves when the function is asleep: its log says how its instance ended. */
async function asleep(gateway: Gateway, name: string): Promise<void> {
  const response = await gateway.system('GET', `/system/logs?name=${name}&follow=true`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body as ReadableStream<Uint8Array>) {
    text += decoder.decode(piece, { stream: true });
    if (/"text":"stopped"/.test(text)) break;
  }
}

test('an idle function sleeps: no process is left, and the next call wakes it', async (t) => {
  const gateway = await Gateway.start(t, { args: ['--pool', 'off'] });
  const idle = { annotations: { 'com.wherry.idle': '3s' } };
  await gateway.deploy({ name: 'sleepy', files: one, spec: idle });
  const first = await gateway.said('sleepy');
  assert.ok(processesUnder(gateway.process.pid as number).length > 0);
  await asleep(gateway, 'sleepy');
  assert.equal((await state(gateway, 'sleepy')).status, 'asleep');
  assert.deepEqual(
    processesUnder(gateway.process.pid as number).map(({ command }) => command),
    [],
  );
  assert.notEqual(await gateway.said('sleepy'), first, 'another instance answers');
});

test('all calls that come while a function wakes share one start', async (t) => {
  const gateway = await Gateway.start(t);
  await gateway.deploy({ name: 'shared', files: one });
  await gateway.system('POST', '/system/scale-function/shared', { replicas: 0 });
  const answers = await Promise.all(Array.from({ length: 100 }, () => gateway.said('shared')));
  assert.equal(new Set(answers).size, 1, 'one instance answered all of them');
  assert.equal((await state(gateway, 'shared')).instances.length, 1);
});

test('a function that asks for it stays awake, also over a restart', async (t) => {
  const gateway = await Gateway.start(t);
  await gateway.deploy({
    name: 'awake',
    files: one,
    spec: { labels: { 'com.openfaas.scale.min': '2' }, annotations: { 'com.wherry.idle': '100ms' } },
  });
  const until = async (): Promise<number> => {
    const { instances } = await state(gateway, 'awake');
    return instances.length >= 2 ? instances.length : until();
  };
  assert.equal(await until(), 2);
});

test('when memory runs out those idle longest sleep first, and a start that does not fit is refused with the numbers', async (t) => {
  const gateway = await Gateway.start(t, { args: ['--memory-budget', '192Mi', '--pool', 'off'] });
  for (const name of ['a', 'b', 'c']) await gateway.deploy({ name, files: one });
  await gateway.said('a');
  await gateway.deploy({ name: 'd', files: one });
  const awake = [];
  for (const name of ['a', 'b', 'c', 'd'])
    if ((await state(gateway, name)).status === 'awake') awake.push(name);
  assert.deepEqual(awake, ['a', 'c', 'd'], 'b had been idle longest');

  const busy = { 'handler.js': 'module.exports = (req, res) => { res.write("begun"); };' };
  const open: AbortController[] = [];
  for (const name of ['x', 'y', 'z']) {
    await gateway.deploy({ name, files: busy });
    const controller = new AbortController();
    open.push(controller);
    const response = await gateway.call(name, { signal: controller.signal });
    await (response.body as ReadableStream<Uint8Array>).getReader().read();
  }
  const refused = await gateway.call('a');
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.match(await refused.text(), /no_room[\s\S]*64 MiB[\s\S]*192 MiB/);
  for (const controller of open) controller.abort();
});
