// Lines of instances, living and dead, found again by what one knows of them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });

interface Line {
  readonly instance: string;
  readonly text: string;
  readonly stream?: string;
  readonly level?: string;
  readonly version?: number;
}

const talker = (version: number) => ({
  'handler.js': `module.exports = async ({ body }) => {
    if (body === 'die') process.exit(7);
    console.log('INFO version ${version} heard ' + body);
    if (body === 'bad') console.error('something broke');
    return body;
  };`,
});

async function lines(query: string): Promise<Line[]> {
  const answer = await gateway.system('GET', `/system/logs?name=talker&${query}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const texts = async (query: string): Promise<string[]> =>
  (await lines(`${query}&detail=true`)).filter(({ stream }) => stream !== 'mark').map(({ text }) => text);

/** Lines come after the answer, by a pipe. */
async function written(query: string): Promise<void> {
  while ((await texts(query)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

const say = (body: string): Promise<Response> =>
  fetch(`${gateway.url}/function/talker`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'text/plain' },
  });

test('lines of a dead instance and of an old version are found by text, level, version and call', {
  timeout: 120_000,
}, async (t) => {
  await gateway.deploy({ name: 'talker', files: talker(1) });
  const first = await say('one');
  const bad = await say('bad');
  assert.equal((await say('die')).status, 502);
  await gateway.deploy({ name: 'talker', files: talker(2) });
  await say('three');
  await written('text=three');

  assert.deepEqual(await texts(`call=${first.headers.get('x-call-id')}&text=heard`), [
    'INFO version 1 heard one',
  ]);
  assert.deepEqual(await texts(`call=${bad.headers.get('x-call-id')}&level=error&text=broke`), [
    'something broke',
  ]);
  const errors = await lines('level=error&detail=true');
  assert.deepEqual(
    errors
      .filter(({ stream }) => stream !== 'mark')
      .map(({ text, level, version }) => ({ text, level, version })),
    [{ text: 'something broke', level: 'error', version: 1 }],
  );
  assert.ok(
    errors.some(({ stream, text }) => stream === 'mark' && text.includes('7')),
    'the end of an instance is a mark among its lines',
  );
  const second = (await lines('version=2&detail=true')).filter(({ stream }) => stream === 'stdout');
  assert.deepEqual(
    second.map(({ text }) => text),
    ['INFO version 2 heard three'],
  );
  assert.deepEqual(Object.keys((await lines('tail=1'))[0] ?? {}).toSorted(), [
    ...['instance', 'name', 'namespace', 'text', 'timestamp'],
  ]);

  const project = Project.at(t, gateway);
  const shown = await project.did(
    'logs',
    'talker',
    '--call',
    bad.headers.get('x-call-id') ?? '',
    '--level',
    'error',
  );
  assert.match(shown.out, /something broke/);
  assert.doesNotMatch(shown.out, /heard one/);
});

test('a call that is not known, and a level that is none, are told', async () => {
  const unknown = await gateway.system(
    'GET',
    '/system/logs?name=talker&call=00000000-0000-7000-8000-000000000000',
  );
  assert.equal(unknown.status, 404);
  const level = await gateway.system('GET', '/system/logs?name=talker&level=loud');
  assert.equal(level.status, 422);
  assert.match(await level.text(), /debug, info, warn, error/);
});

test('who follows hears only what was asked for', { timeout: 120_000 }, async () => {
  const ended = new AbortController();
  const followed = await fetch(`${gateway.url}/system/logs?name=talker&follow=true&tail=1&text=needle`, {
    headers: { Authorization: `Bearer ${gateway.token}` },
    signal: ended.signal,
  });
  await say('hay');
  await say('needle');
  let heard = '';
  for await (const piece of followed.body!.pipeThrough(new TextDecoderStream())) {
    heard += piece;
    if (heard.includes('needle')) break;
  }
  assert.doesNotMatch(heard, /hay/);
  ended.abort();
});

test('who follows reads no further once the token is revoked', { timeout: 120_000 }, async () => {
  const made = await gateway.system('POST', '/system/tokens', { name: 'follower', scopes: ['read'] });
  const { token } = (await made.json()) as { token: string };
  const followed = await fetch(`${gateway.url}/system/logs?name=talker&follow=true&tail=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(followed.status, 200);
  assert.equal((await gateway.system('DELETE', '/system/tokens/follower')).status, 202);
  // Ends by itself: nobody else does.
  for await (const _ of followed.body!);
});
