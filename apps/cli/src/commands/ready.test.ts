import assert from 'node:assert/strict';
import test from 'node:test';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

const status = (availableReplicas: number) => ({
  name: 'shop',
  namespace: 'openfaas-fn',
  image: 'x',
  availableReplicas,
});

test('it looks until an instance is there, and no longer than it was told', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  let looks = 0;
  gateway.on('GET /system/function/shop', (_, response) => {
    looks += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(status(looks < 3 ? 0 : 1)));
  });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const ran = await wherry.run(['ready', 'shop', '--interval', '10ms']);
  assert.deepEqual([ran.code, ran.out.toString(), looks], [0, 'shop is ready\n', 3], ran.err);
  gateway.json('GET /system/function/shop', status(0));
  const tired = await wherry.run(['ready', 'shop', '--interval', '10ms', '--attempts', '2']);
  assert.equal(tired.code, 7);
  assert.match(tired.err, /looked at 2 times[\s\S]*wherry describe shop/);
  assert.equal(
    (await wherry.run(['ready', 'nobody', '--attempts', '1'])).code,
    3,
    'what is not there is not waited for',
  );
});

test('without a name it waits for the gateway', async (t) => {
  const gateway = (await ScriptedGateway.start(t)).json('GET /readyz', '');
  assert.equal(
    (await new Wherry(t, { WHERRY_URL: gateway.url }).run(['ready'])).out.toString(),
    'The gateway is ready\n',
  );
  const away = await new Wherry(t, { WHERRY_URL: 'http://127.0.0.1:1' }).run([
    'ready',
    '--attempts',
    '2',
    '--interval',
    '1ms',
  ]);
  assert.equal(away.code, 7);
});
