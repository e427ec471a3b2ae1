// What people see of messages that do not arrive: a real gateway, a mail server that is nowhere, the real command line.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ChannelInfo } from '@wherry/wire/alert-channels';
import type { AlertList } from '@wherry/wire/alert-lists';
import type { QueueLane } from '@wherry/wire/queued-calls';
import { cli } from './command-line.ts';
import { Gateway } from './gateway.ts';

const fast = ['--alerts-every', '1s', '--alerts-wait', '0s', '--alerts-interval', '0s'];
async function get<T>(gateway: Gateway, path: string): Promise<T> {
  return (await (await gateway.system('GET', `/system/alerts${path}`)).json()) as T;
}

async function until<T>(ask: () => Promise<T>, is: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await ask();
    if (is(found)) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Answers everything with what is asked of it. */
async function receiver(t: { after(fn: () => void): void }) {
  const at = { url: '', status: 410, came: 0 };
  const server = http.createServer((request, response) => {
    at.came += 1;
    request.resume().on('end', () => response.writeHead(at.status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  at.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  return at;
}

async function lanes(gateway: Gateway): Promise<readonly QueueLane[]> {
  return (await (await gateway.system('GET', '/system/queue')).json()) as readonly QueueLane[];
}

const mail = {
  kind: 'email',
  mail: { host: 'mail.nowhere.invalid', from: 'wherry@example.com', to: ['ops@example.com'] },
};

test('an alert says who was told: nobody, not yet and why, or that it was sent', {
  timeout: 120_000,
}, async (t) => {
  const gateway = await Gateway.start(t, { args: fast });
  const wherry = cli(gateway);
  const labels = { function_name: 'other-1.openfaas-fn' };
  const rule = { query: 'vector(1)', is: '>', threshold: 0, subject: 'the number one', labels };
  await gateway.system('PUT', '/system/alerts/rules/always', rule);
  const list = () => get<AlertList>(gateway, '');
  await until(list, ({ alerts }) => alerts.some(({ state }) => state === 'firing'));
  assert.match((await wherry('alerts', 'list')).out, /told +nobody: there is no channel\n/);

  await gateway.system('PUT', '/system/alerts/channels/ops', mail);
  const tried = await until(list, ({ alerts }) => (alerts[0]?.deliveries[0]?.attempts ?? 0) > 1);
  assert.deepEqual([tried.alerts[0]?.told, tried.alerts[0]?.nobody], [false, undefined]);
  assert.match(
    (await wherry('alerts', 'list')).out,
    /told +ops: not delivered, \d+ tries so far: .*mail\.nowhere\.invalid/,
  );
  const shown = await wherry('alerts', 'channels');
  assert.match(shown.out, /^ops .* 1 +0 +\S+ not delivered, \d+ tries so far: .*mail\.nowhere\.invalid/m);
  assert.match(shown.err, /ops does not take what it is sent/);
  const [ops] = await get<readonly ChannelInfo[]>(gateway, '/channels');
  assert.deepEqual([ops?.delivery?.waiting, ops?.delivery?.last?.state], [1, 'queued']);

  // Whoever sees some functions only hears neither of channels nor of what their servers say.
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'others',
    scopes: ['read'],
    functions: 'other-*',
  });
  const { token } = (await made.json()) as { token: string };
  const limited = await gateway.system('GET', '/system/alerts', undefined, {
    authorization: `Bearer ${token}`,
  });
  const { alerts } = (await limited.json()) as AlertList;
  assert.deepEqual(
    alerts.map(({ told, deliveries }) => [told, deliveries]),
    [[false, []]],
  );
});

test('names that the queue is listed by are names that it takes, and a name that has nothing is told so', {
  timeout: 120_000,
}, async (t) => {
  const gateway = await Gateway.start(t, { args: [...fast, '--alerts-targets', '127.0.0.1'] });
  const wherry = cli(gateway);
  const hook = await receiver(t);
  // Of what is not taken it makes one message more.
  const quiet = await gateway.system('PUT', '/system/alerts/rules/alert-delivery', { enabled: false });
  assert.equal(quiet.status, 200);
  await gateway.system('PUT', '/system/alerts/channels/ops', { kind: 'webhook', url: hook.url });
  assert.equal((await gateway.system('POST', '/system/alerts/channels/ops/test')).status, 202);
  await until(
    () => lanes(gateway),
    ([lane]) => lane?.dead === 1,
  );
  const status = await wherry('queue', 'status');
  assert.match(status.out, /^channel ops +0 +0 +1/m);
  assert.match(status.err, /Again: wherry queue redrive 'channel ops'/);
  assert.match((await wherry('queue', 'list', '--state', 'dead')).out, /Z +channel ops +dead/);
  assert.match((await wherry('queue', 'list', 'channel ops')).out, /Z +channel ops +dead/);
  assert.match((await wherry('queue', 'list', 'channel other')).out, /^None/);
  for (const what of ['redrive', 'discard']) {
    const wrong = await wherry('queue', what, 'ops');
    assert.deepEqual([wrong.code, wrong.out], [3, '']);
    assert.match(wrong.err, /no dead letter of ops/);
    assert.match(wrong.err, new RegExp(`wherry queue ${what} 'channel ops'`));
  }
  assert.equal((await wherry('queue', 'redrive', 'channel ops', '--dry-run')).out, 'Would redrive 1 call\n');
  // What another lane has is nobody's who names this one.
  await gateway.system('PUT', '/system/alerts/channels/other', { kind: 'webhook', url: hook.url });
  await gateway.system('POST', '/system/alerts/channels/other/test');
  await until(
    () => lanes(gateway),
    (all) => all.some(({ lane, dead }) => lane === 'channel other' && dead === 1),
  );
  hook.status = 200;
  const again = await wherry('queue', 'redrive', 'channel ops');
  assert.deepEqual([again.code, again.out], [0, 'Redriven 1 call\n']);
  await until(
    () => lanes(gateway),
    (all) => all.length === 1,
  );
  assert.equal(hook.came, 3);
  assert.equal((await wherry('queue', 'discard', 'channel ops')).code, 3);
  assert.equal((await lanes(gateway))[0]?.dead, 1);
  assert.equal((await wherry('queue', 'discard', '--all')).out, 'Discarded 1 call\n');
  assert.equal((await wherry('queue', 'discard', '--all')).code, 0);
});

test('who removes a channel hears which messages go with it, and so does the audit log', {
  timeout: 120_000,
}, async (t) => {
  const gateway = await Gateway.start(t, { args: fast });
  const wherry = cli(gateway);
  await gateway.system('PUT', '/system/alerts/channels/ops', mail);
  for (let n = 0; n < 2; n += 1) await gateway.system('POST', '/system/alerts/channels/ops/test');
  assert.equal(
    (await wherry('alerts', 'channel', 'remove', 'ops', '--dry-run')).out,
    'Would remove channel ops, and discard 2 messages that waited for it\n',
  );
  assert.equal(
    (await wherry('alerts', 'channel', 'remove', 'ops')).out,
    'Removed ops, and discarded 2 messages that waited for it\n',
  );
  assert.deepEqual(await lanes(gateway), []);
  const audit = await (await gateway.system('GET', '/system/audit?what=deleteChannel')).text();
  assert.match(audit, /"waiting":"2"/);
});
