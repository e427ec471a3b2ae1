// Lists of ended instances and queued calls that are narrowed: by the gateway, however much else is newer.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { EndedInstance } from '@wherry/wire/ended-instances';
import type { QueuedCall } from '@wherry/wire/queued-calls';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });
const handler =
  'module.exports = (event, context) => { if (String(event.body) === "die") process.exit(7); return context.status(event.path === "/bad" ? 500 : 200).succeed("ok"); };';
const files = { 'handler.js': handler };
const annotations = { 'com.openfaas.retry.attempts': '1' };
await gateway.system('POST', '/system/namespace/', { name: 'team' });
await gateway.deploy({ name: 'theirs', files, spec: { namespace: 'team', annotations } });
await gateway.deploy({ name: 'ours', files });

/** What the API and the command line give. */
async function list<T>(path: string): Promise<readonly T[]> {
  const answer = await gateway.system('GET', path);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as readonly T[];
}

test('ends of a namespace, or those nobody asked for, are found behind newer ones', async (t) => {
  const ends = (query: string) => list<EndedInstance>(`/system/instances/ended?${query}`);
  assert.equal((await gateway.call('theirs.team', { method: 'POST', body: 'die' })).status, 502);
  while ((await ends('function=theirs&namespace=team&kind=exited')).length === 0);
  assert.equal(await gateway.said('ours'), 'ok');
  await gateway.system('POST', '/system/scale-function/ours', { replicas: 0 });
  while ((await ends('limit=1')).at(0)?.name !== 'ours');
  const names = async (query: string) => (await ends(query)).map(({ name, kind }) => `${name} ${kind}`);
  assert.deepEqual(await names('limit=1'), ['ours stopped']);
  assert.deepEqual(await names('limit=1&failed=1'), ['theirs exited']);
  assert.deepEqual(await names('limit=1&namespace=team'), ['theirs exited']);
  assert.deepEqual(await names('namespace=openfaas-fn&failed=1'), []);
  assert.deepEqual(await names('kind=stopped&failed=1'), []);

  const told = await Project.at(t, gateway).did(
    ...['instances', '--all', '-n', 'team', '--limit', '1', '-o', 'json'],
  );
  const { ended } = JSON.parse(told.out) as { ended: readonly EndedInstance[] };
  assert.deepEqual(
    ended.map(({ name }) => name),
    ['theirs'],
  );
});

test('queued calls of a namespace or a lane are found behind newer ones', async (t) => {
  const queued = (query: string) => list<QueuedCall>(`/system/queue/calls?${query}`);
  const later = async (path: string): Promise<string> => {
    const answer = await fetch(`${gateway.url}/async-function/${path}`, { method: 'POST' });
    assert.equal(answer.status, 202);
    return answer.headers.get('x-call-id') ?? '';
  };
  const failing = await later('theirs.team/bad');
  while ((await queued('state=dead')).length === 0);
  const newer = await later('ours');
  const ids = async (query: string) => (await queued(query)).map(({ id }) => id);
  assert.deepEqual(await ids('limit=1'), [newer]);
  assert.deepEqual(await ids('limit=1&namespace=team'), [failing]);
  assert.deepEqual(await ids('limit=1&namespace=openfaas-fn'), [newer]);
  assert.deepEqual(await ids('namespace=openfaas-fn&state=dead'), []);
  assert.deepEqual(await ids('namespace=openfaas-fn&lane=theirs.team'), []);
  const exported = await list<QueuedCall>('/system/export/queue?format=json&lane=theirs.team');
  assert.deepEqual(
    exported.map(({ id }) => id),
    [failing],
  );

  const project = Project.at(t, gateway);
  const rows = async (...flags: readonly string[]) =>
    (
      JSON.parse((await project.did('queue', 'list', '--limit', '1', '-o', 'json', ...flags)).out) as {
        id: string;
      }[]
    ).map(({ id }) => id);
  assert.deepEqual(await rows('-n', 'team'), [failing]);
  assert.deepEqual(await rows(), [newer]);
  assert.deepEqual(await rows('theirs', '-n', 'team'), [failing]);

  const elsewhere = await project.did('queue', 'discard', '--all', '-n', 'openfaas-fn');
  assert.equal(elsewhere.out, 'Discarded 0 calls\n');
  assert.deepEqual(await ids('state=dead'), [failing]);
  assert.equal((await project.did('queue', 'discard', '--all', '-n', 'team')).out, 'Discarded 1 call\n');
});
