// The stream of what happens, read as the dashboard reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@wherry/wire/client';
import type { StreamedEvent } from '@wherry/wire/events';
import { Gateway } from './gateway.ts';

const hello = `module.exports = async (event, context) => context.succeed('hello')`;

function clientOf(gateway: Gateway, token = gateway.token): Client {
  return new Client({ url: gateway.url, origin: 'a test', authorization: `Bearer ${token}` });
}

/** Reads until something has come; ends the reading. */
async function until(
  client: Client,
  wanted: (event: StreamedEvent) => boolean,
  after = '',
  begun: () => void = () => undefined,
): Promise<readonly StreamedEvent[]> {
  const stop = new AbortController();
  const heard: StreamedEvent[] = [];
  for await (const event of client.events(after, stop.signal)) {
    heard.push(event);
    if (event.event === 'begin') begun();
    if (wanted(event)) break;
  }
  stop.abort();
  return heard;
}

test('what happens is told as it happens, and what came while one was away', async (t) => {
  const gateway = await Gateway.start(t);
  const client = clientOf(gateway);
  const heard = await until(
    client,
    ({ event }) => event === 'calls',
    '',
    () =>
      void gateway
        .deploy({ name: 'hello', files: { 'handler.js': hello } })
        .then(() => gateway.said('hello')),
  );
  const told = heard.map(({ event, data }) => ('change' in data ? `${event} ${data.change}` : event));
  assert.deepEqual(told, ['begin', 'instance started', 'function deployed', 'calls']);

  const last = heard.at(-1)?.id ?? '';
  await gateway.system('DELETE', '/system/functions', { functionName: 'hello' });
  const missed = await until(client, (one) => one.event === 'function', last);
  assert.ok(missed.some(({ data }) => 'change' in data && data.change === 'removed'));
  assert.ok(!missed.some(({ event }) => event === 'gap'));

  const [, gap] = await until(client, ({ event }) => event === 'gap', 'zzz-7');
  assert.equal(gap?.event, 'gap', 'what another gateway told is not known here');
});

test('one hears of the functions that one may see, and of nothing without a token', async (t) => {
  const gateway = await Gateway.start(t);
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'looker',
    scopes: ['read'],
    functions: 'mine*',
  });
  const { token } = (await made.json()) as { token: string };
  await gateway.deploy({ name: 'mine', files: { 'handler.js': hello } });
  await gateway.deploy({ name: 'theirs', files: { 'handler.js': hello } });
  const start = (await until(clientOf(gateway), () => true))[0]?.id ?? '';
  await gateway.said('theirs');
  await gateway.said('mine');
  const ofMine = ({ event, data }: { readonly event: string; readonly data: unknown }): boolean =>
    event === 'calls' && JSON.stringify(data).includes('"mine"');
  await until(clientOf(gateway), ofMine, start);
  await gateway.system('DELETE', '/system/functions', { functionName: 'mine' });
  const heard = await until(
    clientOf(gateway, token),
    ({ data }) => 'change' in data && data.change === 'removed',
    start,
  );
  assert.ok(heard.some(({ event }) => event === 'calls'));
  assert.doesNotMatch(JSON.stringify(heard), /theirs/);

  assert.equal((await fetch(`${gateway.url}/system/events`)).status, 401);
  const caller = await gateway.system('POST', '/system/tokens', { name: 'caller', scopes: ['invoke'] });
  const { token: other } = (await caller.json()) as { token: string };
  const refused = await fetch(`${gateway.url}/system/events`, {
    headers: { authorization: `Bearer ${other}` },
  });
  assert.equal(refused.status, 403);
});

test('a token that is revoked reads no further, and the stop of the gateway ends the stream', async (t) => {
  const gateway = await Gateway.start(t);
  const made = await gateway.system('POST', '/system/tokens', { name: 'looker', scopes: ['read'] });
  const { token } = (await made.json()) as { token: string };
  let begun = (): void => undefined;
  const reads = new Promise<void>((resolve) => (begun = resolve));
  const revoked = until(clientOf(gateway, token), () => false, '', begun);
  await reads;
  await gateway.system('DELETE', '/system/tokens/looker');
  assert.deepEqual(
    (await revoked).map(({ event }) => event),
    ['begin'],
    'with the next heartbeat',
  );
  const stopped = until(
    clientOf(gateway),
    () => false,
    '',
    () => void gateway.stop(),
  );
  assert.deepEqual(
    (await stopped).map(({ event }) => event),
    ['begin'],
  );
});

test('how instances ended is told for all functions that one may see, also those that are gone', async (t) => {
  const gateway = await Gateway.start(t);
  const client = clientOf(gateway);
  for (const name of ['mine', 'theirs']) {
    await gateway.deploy({ name, files: { 'handler.js': `console.log('${name} said this');${hello}` } });
    await client.remove({ name, namespace: 'openfaas-fn' });
  }
  let ends = await client.listEndedInstances({});
  while (ends.length < 2) ends = await client.listEndedInstances({});
  assert.deepEqual(
    ends.map(({ name, kind, lastWords }) => [name, kind, lastWords.at(-1)]),
    [
      ['theirs', 'stopped', 'theirs said this'],
      ['mine', 'stopped', 'mine said this'],
    ],
  );
  const asked = { name: 'looker', scopes: ['read'], functions: 'mine' } as const;
  const { token } = await client.createToken(asked);
  const seen = await clientOf(gateway, token).listEndedInstances({ limit: 1 });
  assert.deepEqual(
    seen.map(({ name }) => name),
    ['mine'],
    'what is not one’s business takes no place',
  );
  await assert.rejects(
    clientOf(gateway, token).listEndedInstances({ function: 'theirs' }),
    /lacks the scope read/,
  );
  const said = await client.gatewayLog();
  assert.ok(Array.isArray(said));
  await assert.rejects(clientOf(gateway, token).gatewayLog(), /lacks the scope admin/);
  const { host, storage } = await client.doctor();
  assert.ok(host.cpus > 0 && host.availableBytes > 0 && host.availableBytes <= host.memoryBytes);
  assert.ok((host.diskFreeBytes ?? 0) <= (host.diskBytes ?? 0));
  assert.ok(storage.some(({ name, bytes }) => name === 'wherry.db' && bytes > 0));
});

test('one token takes only some of the places, and gives them back', async (t) => {
  const gateway = await Gateway.start(t);
  const client = clientOf(gateway);
  const { token } = await client.createToken({ name: 'looker', scopes: ['read'] });
  const headers = { authorization: `Bearer ${token}` };
  const stop = new AbortController();
  const open = (): Promise<Response> =>
    fetch(`${gateway.url}/system/events`, { headers, signal: stop.signal });
  // Held: what nobody holds is cleared away, and its connection with it.
  const held: Response[] = [];
  for (let i = 0; i < 20; i += 1) held.push(await open());
  assert.ok(held.every(({ status }) => status === 200));
  const full = await open();
  assert.equal(full.status, 503);
  assert.match(await full.text(), /20 read along with the token looker already/);
  assert.equal((await until(client, () => true)).length, 1, 'others still get in');
  stop.abort();
  const again = async (): Promise<number> => {
    const next = new AbortController();
    const { status } = await fetch(`${gateway.url}/system/events`, { headers, signal: next.signal });
    next.abort();
    return status;
  };
  while ((await again()) !== 200);
  assert.equal(held.length, 20);
});
