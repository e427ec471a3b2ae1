import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';
import { type Answer, ask } from './line.ts';

const gateway = await Gateway.start({ after });
const source = readFileSync(join(import.meta.dirname, 'fixtures/frames.js'), 'utf8');
/** For calls that nobody will answer. */
const impatient = { annotations: { 'com.wherry.timeout': '1s' } };
await gateway.deploy({ name: 'good', files: { 'handler.js': 'module.exports = () => "good";' } });

let forgers = 0;

/** A function that answers its calls by frames of its own making. */
async function forger(spec: Readonly<Record<string, unknown>> = {}): Promise<string> {
  forgers += 1;
  const name = `forger-${forgers}`;
  await gateway.deploy({ name, files: { 'handler.js': source }, spec });
  return name;
}

async function call(name: string, wish: object): Promise<Answer> {
  const answer = await ask(
    gateway.url,
    'POST',
    `/function/${name}`,
    { 'content-type': 'text/plain' },
    JSON.stringify(wish),
  );
  assert.equal(gateway.process.exitCode, null, 'the gateway lives');
  assert.equal(await gateway.said('good'), 'good');
  return answer;
}

async function forged(wish: object): Promise<Answer> {
  return call(await forger(), wish);
}

test('control: a frame that a function forges well is its answer', async () => {
  const answer = await forged({ status: 201, head: 'x-a: b\n' });
  assert.equal(answer.status, 201);
  assert.deepEqual(answer.headers['x-a'], ['b']);
  assert.equal(answer.body, 'forged');
});

describe('what no answer can be is the function’s fault, and not the end of the gateway', {
  concurrency: 4,
}, () => {
  for (const status of [0, 100, 101, 199, 600, 65_535]) {
    for (const type of [4, 5]) {
      test(`a status of ${status} in a frame of type ${type}`, async () => {
        const answer = await forged({ type, status });
        assert.equal(answer.status, 502);
        assert.deepEqual(answer.headers['x-wherry-error'], ['function_garbled']);
      });
    }
  }
  const heads = [
    'no colon\n',
    'a b: c\n',
    'a\r: b\n',
    ': b\n',
    'a: b\rc: d\n',
    'a: \0\n',
    'a: \x7f\n',
    'ä: b\n',
    '\n\n',
  ];
  for (const head of heads) {
    test(`a head of ${JSON.stringify(head)}`, async () => {
      const answer = await forged({ head });
      assert.equal(answer.status, 502);
      assert.deepEqual(answer.headers['x-wherry-error'], ['function_garbled']);
    });
  }
});

test('what only the gateway or the connection says cannot be forged', async () => {
  const ours = [
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'Transfer-Encoding',
    'Content-Length',
    'Upgrade',
    'Trailer',
    'X-Call-Id',
    'X-Start-Time',
    'X-Duration-Seconds',
    'X-Served-By',
    'X-Wherry-Error',
    'Service-Worker-Allowed',
  ];
  const head = ours.map((name) => `${name}: 7\n${name.toLowerCase()}: 8\n`).join('');
  const answer = await forged({ head });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, 'forged');
  for (const name of ours) {
    const values = answer.headers[name.toLowerCase()] ?? [];
    assert.ok(values.length <= 1 && values[0] !== '7' && values[0] !== '8', `${name}: ${values.join(' | ')}`);
  }
});

test('a stream that does not exist: the answer is seen to be cut', async () => {
  await assert.rejects(forged({ type: 5, status: 200, aux: 4_000_000 }), /closed without an answer/);
  assert.equal(await gateway.said('good'), 'good');
});

const broken: readonly [string, object][] = [
  ['a frame larger than any', { hex: 'ffffffff00000000' }],
  ['a frame smaller than its header', { hex: '00000001'.repeat(10) }],
  ['a head longer than its frame', { hex: `00000010${'00'.repeat(12)}ffffffff` }],
  ['half a frame, and nothing more', { hex: '0000ffff0000' }],
  ['noise', { hex: '5a'.repeat(4096), times: 100 }],
  [
    '10,000 frames of an unknown type',
    { hex: `00000010${'00'.repeat(4)}63${'00'.repeat(11)}`, times: 10_000 },
  ],
  ['10,000 answers nobody waits for', { hex: `00000010ffffffff04${'00'.repeat(11)}`, times: 10_000 }],
  ['a call that is done though nobody cancelled it', { type: 8, status: 0 }],
  ['loaded, again', { type: 2, head: '{"ok":true,"concurrency":-1}' }],
  ['pings back that were never sent', { type: 10 }],
];
describe('the call fails, the gateway serves on, and the function can be called again', {
  concurrency: 4,
}, () => {
  for (const [what, wish] of broken) {
    test(what, async () => {
      const name = await forger(impatient);
      const answer = await call(name, wish);
      assert.ok([502, 503, 504].includes(answer.status), `${answer.status} ${answer.body}`);
      await gateway.deploy({ name, files: { 'handler.js': source } });
      assert.equal((await call(name, { status: 202 })).status, 202);
    });
  }
});
