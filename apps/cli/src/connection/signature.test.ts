import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

test('a body is signed as faas-cli signs it, from a flag and from standard input', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /function/echo', (_, response, body) => response.end(body));
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const sign = ['--sign', 'X-Hub-Signature-256', '--key', 'topsecret'];
  const expected = (body: string) => `sha256=${createHmac('sha256', 'topsecret').update(body).digest('hex')}`;
  for (const [args, input, body] of [
    [['-d', 'payload'], '', 'payload'],
    [[], 'piped\n', 'piped\n'],
  ] as const) {
    const ran = await wherry.run(['invoke', 'echo', ...args, ...sign], input);
    assert.equal(ran.out.toString(), body, ran.err);
    assert.equal(gateway.seen.at(-1)?.headers['x-hub-signature-256'], expected(body));
  }
  const half = await wherry.run(['invoke', 'echo', '-d', 'x', '--sign', 'X-Sum']);
  assert.deepEqual([half.code, gateway.seen.length], [2, 2]);
});
