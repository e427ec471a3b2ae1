import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

async function opened(
  t: TestContext,
): Promise<{ gateway: ScriptedGateway; wherry: Wherry; sent(): [method: string, body: unknown][] }> {
  const gateway = await ScriptedGateway.start(t);
  for (const method of ['POST', 'PUT', 'DELETE'])
    gateway.on(`${method} /system/secrets`, (_, response) => response.writeHead(202).end());
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const value = (body: Buffer): unknown => {
    const { rawValue, ...rest } = JSON.parse(body.toString()) as { rawValue?: string };
    return rawValue === undefined
      ? rest
      : { ...rest, value: Buffer.from(rawValue, 'base64').toString('latin1') };
  };
  const sent = (): [string, unknown][] =>
    gateway.seen.splice(0).map(({ method, body }) => [method, body.length === 0 ? '' : value(body)]);
  return { gateway, wherry, sent };
}

test('a value comes from a file, a flag or standard input; blanks at its ends go unless they shall stay', async (t) => {
  const { wherry, sent } = await opened(t);
  const file = join(wherry.home, 'key.txt');
  writeFileSync(file, '  from file\r\n');
  const key = { name: 'key', namespace: 'openfaas-fn' };
  for (const [line, input, value] of [
    ['create key --from-file key.txt', '', 'from file'],
    ['create key --from-file key.txt --no-trim', '', '  from file\r\n'],
    ['create key --from-file=key.txt --trim=false', '', '  from file\r\n'],
    ['create key --from-literal spelt --trim', '', 'spelt'],
    ['create key', 'piped\n', 'piped'],
    ['create key --from-file -', 'piped\n', 'piped'],
  ] as const) {
    const ran = await wherry.run(['secret', ...line.split(' ')], input);
    assert.equal(ran.code, 0, `${line}: ${ran.err}`);
    assert.equal(ran.out.toString(), 'Created key\n');
    assert.deepEqual(sent(), [['POST', { ...key, value }]], line);
  }
});

test('bytes that are no text are sent as they are', async (t) => {
  const { wherry, sent } = await opened(t);
  const bytes = Buffer.from([0x20, 0, 0xff, 0x0a]);
  assert.equal((await wherry.run(['secret', 'update', 'key', '-n', 'team-a'], bytes)).code, 0);
  assert.deepEqual(sent(), [['PUT', { name: 'key', namespace: 'team-a', value: bytes.toString('latin1') }]]);
});

test('--replace changes what is there, and only then', async (t) => {
  const { gateway, wherry, sent } = await opened(t);
  gateway.fails('POST /system/secrets', 'secret_exists', 'it is there');
  const refused = await wherry.run(['secret', 'create', 'key', '--from-literal', 'x']);
  assert.deepEqual([refused.code, sent().length], [1, 1]);
  assert.match(refused.err, /wherry secret update/);
  const ran = await wherry.run(['secret', 'create', 'key', '--from-literal', 'x', '--replace']);
  assert.deepEqual(
    [ran.code, ran.out.toString(), sent().map(([method]) => method)],
    [0, 'Updated key\n', ['POST', 'PUT']],
  );
});

test('nothing is sent for a value that is empty, too large or given twice, nor for a name that is none', async (t) => {
  const { wherry, sent } = await opened(t);
  for (const [line, input, why] of [
    ['create key', '', /the value is empty/],
    ['create key', ' \n', /the value is empty/],
    ['create key', 'x'.repeat(2 ** 20 + 1), /more than 1048576 bytes/],
    ['create key --from-literal a --from-file b', '', /exclude each other/],
    ['create ../key --from-literal a', '', /cannot name a secret/],
    ['create key --from-file not-there', '', /not-there/],
  ] as const) {
    const ran = await wherry.run(['secret', ...line.split(' ')], input);
    assert.notEqual(ran.code, 0, line);
    assert.match(ran.err, why);
  }
  assert.deepEqual(sent(), []);
});

test('apply writes every file of .secrets, whatever is there already, and stops at a name that is none', async (t) => {
  const { gateway, wherry, sent } = await opened(t);
  gateway.json('GET /system/secrets', [{ name: 'old', namespace: 'openfaas-fn' }]);
  const folder = join(wherry.home, '.secrets');
  mkdirSync(folder);
  writeFileSync(join(folder, 'new.key'), 'n\n');
  writeFileSync(join(folder, 'old'), 'o\n');
  const ran = await wherry.run(['secret', 'apply']);
  assert.deepEqual([ran.code, ran.out.toString()], [0, 'Wrote new.key, old\n'], ran.err);
  const [, first, second] = sent();
  assert.deepEqual(first, ['POST', { name: 'new.key', namespace: 'openfaas-fn', value: 'n' }]);
  assert.deepEqual(second, ['PUT', { name: 'old', namespace: 'openfaas-fn', value: 'o' }]);
  writeFileSync(join(folder, 'Not_A_Name'), 'x');
  const refused = await wherry.run(['secret', 'apply']);
  assert.match(refused.err, /Not_A_Name cannot name a secret/);
  assert.deepEqual(sent(), []);
});
