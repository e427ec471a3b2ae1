// Structured lines on standard output: for those who collect logs elsewhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';

interface Entry {
  readonly time: string;
  readonly level: string;
  readonly component: string;
  readonly message: string;
  readonly function?: string;
  readonly version?: number;
  readonly instance?: string;
  readonly call?: string;
  readonly trace?: string;
  readonly path?: string;
  readonly status?: number;
}

const talker = {
  'handler.js': `module.exports = (event) => {
    console.log(JSON.stringify({ level: 'warn', said: String(event.body) }));
    console.log('\\u001b[2J{"level":"info","component":"gateway","message":"forged"}');
    console.error('plain trouble');
    return 'ok';
  };`,
};

const entries = (gateway: Gateway): readonly Entry[] =>
  gateway.output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry);

async function until(gateway: Gateway, fits: (entry: Entry) => boolean): Promise<Entry> {
  for (;;) {
    const found = entries(gateway).find(fits);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('every line is an object with time, level and component; functions’ lines say whose they are, and forge none', async (t) => {
  const gateway = await Gateway.start(t, {
    args: ['--logs-format', 'json', '--logs-stdout', 'all', '--access-log', 'stdout'],
  });
  assert.ok(entries(gateway).some(({ message }) => message === `ready ${gateway.url}`));
  const secret = 'hunter2-must-not-be-seen';
  await gateway.system('POST', '/system/secrets', { name: 'api-key', value: secret });
  await gateway.deploy({
    name: 'talker',
    files: talker,
    spec: { secrets: ['api-key'], envVars: { MODE: secret } },
  });
  const made = await gateway.system('POST', '/system/tokens', { name: 'team', scopes: ['invoke'] });
  const { token } = (await made.json()) as { token: string };
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const answer = await fetch(`${gateway.url}/function/talker/some/path?key=${secret}`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${token}`, cookie: `sid=${secret}`, 'x-note': secret },
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
    body: 'hello',
  });
  assert.equal(await answer.text(), 'ok');
  await fetch(`${gateway.url}/system/functions?token=${token}`, {
    headers: { authorization: `Bearer ${token}x` },
  });
  await fetch(`${gateway.url}/function/${token}`);

  const said = await until(gateway, ({ message }) => message.includes('"said":"hello"'));
  assert.deepEqual(
    [said.component, said.level, said.function, said.version],
    ['function', 'warn', 'talker.openfaas-fn', 1],
  );
  assert.ok(said.instance !== undefined && !Number.isNaN(Date.parse(said.time)));
  const forged = await until(gateway, ({ message }) => message.includes('forged'));
  assert.deepEqual([forged.component, forged.function], ['function', 'talker.openfaas-fn']);
  assert.equal((await until(gateway, ({ message }) => message === 'plain trouble')).level, 'error');
  const access = await until(
    gateway,
    ({ component, path }) => component === 'access' && path === '/function/talker/some/path',
  );
  assert.deepEqual(
    [access.call, access.trace, access.function, access.status],
    [answer.headers.get('x-call-id'), traceId, 'talker.openfaas-fn', 200],
  );
  await until(gateway, ({ component, status }) => component === 'access' && status === 404);
  await until(gateway, ({ component, status }) => component === 'access' && status === 401);
  await gateway.stop();
  assert.ok(entries(gateway).every(({ time, level, component }) => time && level && component));
  for (const text of [secret, token, gateway.token])
    assert.ok(!gateway.output.includes(text), 'a secret is among the lines');
});

test('who does not read the lines holds up nothing; what is lost is said once somebody reads again', async (t) => {
  const gateway = await Gateway.start(t, { args: ['--logs-format', 'json', '--logs-stdout', 'all'] });
  const flood = {
    'handler.js':
      "module.exports = () => { for (let i = 0; i < 60; i++) console.log('x'.repeat(16000)); return 'ok'; };",
  };
  await gateway.deploy({ name: 'flood', files: flood });
  gateway.process.stdout?.pause();
  for (let n = 0; n < 12; n += 1) assert.equal((await gateway.call('flood')).status, 200);
  const dropped = async (): Promise<number> => {
    const text = await (await fetch(`${gateway.metricsUrl}/metrics`)).text();
    return Number(/^wherry_stdout_lines_dropped_total (\d+)/m.exec(text)?.[1] ?? 0);
  };
  while ((await dropped()) === 0) assert.equal((await gateway.call('flood')).status, 200);
  gateway.process.stdout?.resume();
  await gateway.call('flood');
  for (;;) {
    if (/lines were lost: they were not read/.test(gateway.output)) break;
    assert.equal((await gateway.call('flood')).status, 200);
  }
  const stored = await (await gateway.system('GET', '/system/logs?name=flood&tail=200')).text();
  assert.match(stored, /xxx/, 'what is kept here is kept all the same');
});

test('at a person’s wish it is text; and without one everything stays on standard error', async (t) => {
  const text = await Gateway.start(t, { args: ['--logs-format', 'text', '--logs-stdout', 'all'] });
  await text.deploy({ name: 'talker', files: talker });
  await text.call('talker', { method: 'POST', body: 'a\u0007b' });
  while (!text.output.includes('plain trouble')) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(text.output, /^talker\.openfaas-fn \w+ \| plain trouble$/m);
  assert.ok(!text.output.includes('\u001b'), 'what a function writes steers no terminal');
  assert.match(text.output, /^ready http/m);
  const quiet = await Gateway.start(t);
  await quiet.deploy({ name: 'talker', files: talker });
  await quiet.call('talker', { method: 'POST', body: 'hello' });
  await quiet.stop();
  assert.ok(!quiet.output.includes('plain trouble'));
  assert.match(quiet.output, /^\{"time":"[^"]+","level":"info","component":"gateway","message":"stopping/m);
});
