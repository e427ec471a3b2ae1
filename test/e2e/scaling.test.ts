import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';

/** One call at a time, each longer than an instance takes to start. */
const one = { 'handler.py': 'import time\ndef handle(req):\n    time.sleep(0.3)\n    return req\n' };

interface Decision {
  readonly kind: string;
  readonly from: number;
  readonly wanted: number;
  readonly actual: number;
  readonly reason: string;
}

const decisions = async (gateway: Gateway, query = ''): Promise<Decision[]> =>
  (await gateway.system('GET', `/system/function/burst/scaling${query}`)).json() as Promise<Decision[]>;

/** Resolves with the newest decision of a kind, as soon as there is one. */
async function decided(gateway: Gateway, kind: string): Promise<Decision> {
  const found = (await decisions(gateway)).find((one) => one.kind === kind);
  if (found !== undefined) return found;
  await new Promise((resolve) => setTimeout(resolve, 50));
  return decided(gateway, kind);
}

test('a burst gets more instances at once, they go when they are not needed, and why is there after a restart', {
  timeout: 120_000,
}, async (t) => {
  const home = freshHome();
  t.after(() => rm(home, { recursive: true, force: true }));
  const gateway = await Gateway.start(t, { home });
  await gateway.deploy({
    name: 'burst',
    files: one,
    spec: { labels: { 'com.openfaas.scale.max': '6', 'com.openfaas.scale.down.window': '1s' } },
  });
  // Until all six are there and would still not be enough.
  let calling = true;
  const callers = Array.from({ length: 20 }, async () => {
    while (calling) await gateway.said('burst', 'x');
  });
  const held = await decided(gateway, 'held');
  calling = false;
  await Promise.all(callers);
  const up = await decided(gateway, 'up');
  assert.equal(up.from, 1);
  assert.ok(up.wanted > 6, `${up.wanted} were wanted`);
  assert.match(up.reason, /^\d+ in flight and \d+ waiting, 1 per instance$/);
  assert.match(held.reason, /; 6 is the most \(com\.openfaas\.scale\.max\)$/);
  const down = await decided(gateway, 'down');
  assert.match(down.reason, /no more than \d needed for 1 s$/);
  assert.equal((await decisions(gateway, '?limit=1')).length, 1);
  assert.equal((await gateway.system('GET', '/system/function/burst/scaling?limit=0')).status, 422);
  assert.equal((await gateway.system('GET', '/system/function/nobody/scaling')).status, 404);
  await gateway.stop();
  const again = await Gateway.start(t, { home });
  assert.ok((await decisions(again)).some(({ reason }) => reason === up.reason));
});

test('who may not see a function may not see its decisions either', async (t) => {
  const gateway = await Gateway.start(t);
  await gateway.deploy({ name: 'burst', files: one });
  const token = async (functions: string): Promise<Record<string, string>> => {
    const made = await gateway.system('POST', '/system/tokens', {
      name: functions,
      scopes: ['read'],
      functions,
    });
    const { token: secret } = (await made.json()) as { token: string };
    return { authorization: `Bearer ${secret}` };
  };
  const path = '/system/function/burst/scaling';
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${gateway.url}${path}`, { headers })).status;
  assert.equal(await ask({}), 401);
  assert.equal(await ask(await token('burst')), 200);
  assert.equal(await ask(await token('other')), 403);
});

test('a label that is not understood is refused at deploy, with what it may be', async (t) => {
  const gateway = await Gateway.start(t);
  const spec = { labels: { 'com.openfaas.scale.type': 'memory' } };
  const refused = await gateway.tryDeploy({ name: 'burst', files: one, spec });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /com\.openfaas\.scale\.type: \\?"?memory.*capacity, rps, cpu, queue/);
});
