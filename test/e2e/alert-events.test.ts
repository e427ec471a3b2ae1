// That alerts are told to those who watch, that each hears what is its business, and where messages lead.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ChannelInfo } from '@wherry/wire/alert-channels';
import { Client } from '@wherry/wire/client';
import type { StreamedEvent } from '@wherry/wire/events';
import { freshHome, Gateway } from './gateway.ts';

const fast = ['--alerts-every', '1s', '--alerts-wait', '0s', '--alerts-interval', '0s'];
const talker = `module.exports = async (event) => { console.log(String(event.body)); return ''; };`;

const clientOf = (gateway: Gateway, token: string): Client =>
  new Client({ url: gateway.url, origin: 'a test', authorization: `Bearer ${token}` });

async function until(
  client: Client,
  wanted: (event: StreamedEvent) => boolean,
  after = '',
): Promise<readonly StreamedEvent[]> {
  const stop = new AbortController();
  const heard: StreamedEvent[] = [];
  for await (const event of client.events(after, stop.signal)) {
    heard.push(event);
    if (wanted(event)) break;
  }
  stop.abort();
  return heard;
}

test('a token hears of the alerts of its own functions, and not of those of others nor of the gateway', async (t) => {
  const gateway = await Gateway.start(t, { args: fast });
  const made = await gateway.system('POST', '/system/tokens', {
    ...{ name: 'looker', scopes: ['read'], functions: 'openfaas-fn/mine*' },
  });
  const { token } = (await made.json()) as { token: string };
  for (const name of ['mine', 'theirs']) await gateway.deploy({ name, files: { 'handler.js': talker } });
  const admin = clientOf(gateway, gateway.token);
  const [begin] = await until(admin, () => true);
  for (const [name, body] of [
    // Lines are counted from a rule's first round on; the round that finds the second one has found this.
    ['lost', { logs: { pattern: 'lost', within: '1h' } }],
    ['machine', { query: 'vector(1)' }],
  ] as const)
    assert.equal((await gateway.system('PUT', `/system/alerts/rules/${name}`, body)).status, 200);
  const fires = (name?: string) => (event: StreamedEvent) =>
    event.event === 'alert' && event.data.change === 'firing' && event.data.name === name;
  await until(admin, fires(), begin?.id);
  await gateway.said('theirs', 'lost theirs');
  await until(admin, fires('theirs'), begin?.id);
  await gateway.said('mine', 'lost mine');
  const all = await until(admin, fires('mine'), begin?.id);
  const rules = all.flatMap((one) => (one.event === 'alert' ? [`${one.data.change} ${one.data.rule}`] : []));
  for (const told of ['rules ', 'firing machine', 'firing lost']) assert.ok(rules.includes(told), told);
  const heard = await until(clientOf(gateway, token), fires('mine'), begin?.id);
  const alerts = heard.filter(({ event }) => event === 'alert');
  assert.ok(alerts.length > 0);
  assert.ok(alerts.every(({ data }) => 'name' in data && data.name === 'mine'));
});

test('a message leads to the dashboard, and a channel says that its key is lost', async (t) => {
  const home = freshHome();
  after(() => rmSync(home, { recursive: true, force: true }));
  const sink = http.createServer();
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  t.after(() => sink.close());
  const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
  const args = [...fast, '--alerts-targets', '127.0.0.1'];
  const gateway = await Gateway.start(t, { home, args });
  const channels = async (of: Gateway): Promise<readonly (readonly [string, boolean])[]> => {
    const answer = await of.system('GET', '/system/alerts/channels');
    return ((await answer.json()) as readonly ChannelInfo[]).map(({ name, readable }) => [name, readable]);
  };
  await gateway.deploy({ name: 'pager', files: { 'handler.js': talker } });
  await gateway.system('PUT', '/system/alerts/channels/hook', { kind: 'webhook', url });
  await gateway.system('PUT', '/system/alerts/channels/pager', { kind: 'function', function: 'pager' });
  assert.deepEqual(await channels(gateway), [
    ['hook', true],
    ['pager', true],
  ]);
  const came = once(sink, 'request') as Promise<[http.IncomingMessage, http.ServerResponse]>;
  await gateway.system('POST', '/system/alerts/channels/hook/test');
  const [request, response] = await came;
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  response.end();
  const { externalURL } = JSON.parse(Buffer.concat(pieces).toString()) as { externalURL: string };
  const { dashboardUrl } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as {
    dashboardUrl: string;
  };
  assert.equal(externalURL, `${dashboardUrl}/alerts`);
  await gateway.stop();
  rmSync(join(home, 'secrets.key'));
  assert.deepEqual(await channels(await Gateway.start(t, { home, args })), [
    ['hook', false],
    ['pager', true],
  ]);
});
