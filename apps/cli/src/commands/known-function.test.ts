import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

const call = {
  ...{ id: 'c-1', name: 'gone', namespace: 'openfaas-fn', method: 'POST', path: '/', status: 200 },
  ...{ startedAt: '2026-01-01T00:00:00Z', totalMs: 1, cold: false },
};

/** A gateway on which `gone` was removed and left one call, and nothing else ever was. */
async function gateway(t: Parameters<typeof ScriptedGateway.start>[0]): Promise<ScriptedGateway> {
  const scripted = await ScriptedGateway.start(t);
  scripted.on('GET /system/calls', (request, response) => {
    const asked = new URL(request.url ?? '', 'http://gateway').searchParams;
    const found = asked.get('function') === 'gone' && !asked.has('since') ? [call] : [];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  });
  for (const list of ['instances', 'instances/ended', 'usage', 'functions'])
    scripted.json(`GET /system/${list}`, []);
  scripted.on('GET /system/export/calls', (_, response) => response.end('head\r\n'));
  return scripted;
}

const lines = [
  (name: string) => ['calls', name, '--since', '7d'],
  (name: string) => ['instances', name, '--all'],
  (name: string) => ['usage', '--function', name],
  (name: string) => ['export', 'calls', '--function', name],
];

test('a name that nothing knows is told everywhere as it is for logs', async (t) => {
  const wherry = new Wherry(t, { WHERRY_URL: (await gateway(t)).url });
  for (const line of lines.map((with_) => with_('nope'))) {
    const { code, out, err } = await wherry.run(line);
    assert.deepEqual([code, out.length], [3, 0], `${line.join(' ')}: ${err}`);
    assert.match(err, /^✗ No such function \(function_unknown\)/, line.join(' '));
  }
});

test('what a removed function left stays readable', async (t) => {
  const wherry = new Wherry(t, { WHERRY_URL: (await gateway(t)).url });
  for (const line of lines.map((with_) => with_('gone'))) {
    const { code, err } = await wherry.run(line);
    assert.equal(code, 0, `${line.join(' ')}: ${err}`);
  }
});

test('the beginning of an id is none: code, exit and next step alike for calls and instances', async (t) => {
  const wherry = new Wherry(t, { WHERRY_URL: (await gateway(t)).url });
  for (const [line, next] of [
    ['calls --id 0190f0c2', /no call "0190f0c2".*\n.*Give the whole id; see the latest: wherry calls/],
    ['calls --instance 4f2a', /no instance "4f2a".*\n.*whole id.*wherry instances --all/],
    ['instances --id 4f2a', /no instance "4f2a".*\n.*whole id.*wherry instances --all/],
  ] as const) {
    const { code, err } = await wherry.run(line.split(' '));
    assert.equal(code, 3, `${line}: ${err}`);
    assert.match(err, /^✗ Not there \(not_found\)/);
    assert.match(err, next);
  }
});

test('instances that ended in one way are no running ones', async (t) => {
  const scripted = await gateway(t);
  scripted.json('GET /system/instances', [
    {
      id: 'i-1',
      name: 'echo',
      namespace: 'openfaas-fn',
      version: 1,
      state: 'ready',
      startedAt: '2026-01-01T00:00:00Z',
    },
  ]);
  const wherry = new Wherry(t, { WHERRY_URL: scripted.url });
  const all = await wherry.run(['instances', '--all', '-o', 'json']);
  assert.equal(JSON.parse(all.out.toString()).running.length, 1);
  const killed = await wherry.run(['instances', '--all', '--kind', 'out-of-memory', '-o', 'json']);
  assert.deepEqual(JSON.parse(killed.out.toString()), { running: [], ended: [] });
});
