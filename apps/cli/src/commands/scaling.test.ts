import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScalingDecision } from '@wherry/wire/scaling';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

const held: ScalingDecision = {
  at: '2026-01-01T00:00:02.000000Z',
  ...{ name: 'burst', namespace: 'openfaas-fn', version: 3, kind: 'held', from: 4, wanted: 31, actual: 4 },
  // Whatever a label makes of a reason, it must not speak to the terminal.
  reason: '4 in flight and 27 waiting, 1 per instance; 4 is the most\u001b[2J',
};

test('decisions are shown one a line with what was wanted, what came of it and why, and the next step beside them', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('GET /system/function/burst/scaling', (_, response) => response.end(JSON.stringify([held])));
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url, COLUMNS: '200' });
  const ran = await wherry.run(['scaling', 'burst', '--limit', '5', '--since', '1h']);
  assert.equal(ran.code, 0);
  assert.match(ran.out.toString(), /held +4 +31 +4 +3 +4 in flight and 27 waiting/);
  assert.ok(!ran.out.includes('\u001b'), 'what could move the cursor is escaped');
  assert.match(ran.err, /wherry describe burst/);
  assert.match(gateway.seen[0]?.url ?? '', /limit=5/);
  const json = await wherry.run(['scaling', 'burst', '-o', 'json']);
  assert.deepEqual(JSON.parse(json.out.toString()), [held]);
});

test('scale says how many it gets where its limits do not let it have as many', async (t) => {
  const gateway = await ScriptedGateway.start(t);
  gateway.on('POST /system/scale-function/burst', (_, response) => response.writeHead(202).end());
  gateway.json('GET /system/function/burst/state', { policy: { least: 2, max: 20 } });
  const wherry = new Wherry(t, { WHERRY_URL: gateway.url });
  const said = async (count: string) => (await wherry.run(['scale', 'burst', count])).out.toString().trim();
  assert.match(
    await said('100'),
    /^burst: 100 instances asked for, and it gets 20: more .*com\.openfaas\.scale\.max/,
  );
  assert.match(
    await said('1'),
    /^burst: 1 instance asked for, and it gets 2: fewer .*com\.openfaas\.scale\.min/,
  );
  assert.equal(await said('3'), 'burst: 3 instances asked for');
  assert.equal(await said('0'), 'burst: 0 instances asked for');
});
