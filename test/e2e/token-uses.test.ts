// When tokens, and addresses that are credentials, were last used: who reviews them wants to know which nobody needs.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { Wherry } from '@wherry/cli/testing/run-wherry';
import type { AuditEntryInfo } from '@wherry/wire/audit';
import type { NewLink, NewToken, TokenInfo } from '@wherry/wire/tokens';
import { freshHome, Gateway } from './gateway.ts';

const home = freshHome();
after(() => rmSync(home, { recursive: true, force: true }));
const started = Date.now();
let gateway = await Gateway.start({ after }, { home, args: ['--functions-visibility', 'private'] });
await gateway.deploy({ name: 'hello', files: { 'handler.js': 'module.exports = () => "ok";' } });

async function token(name: string, scopes: readonly string[], functions = '*'): Promise<string> {
  const made = await gateway.system('POST', '/system/tokens', { name, scopes, functions });
  return ((await made.json()) as NewToken).token;
}

async function link(name: string): Promise<string> {
  const made = await gateway.system('POST', '/system/export/calls/link', { name });
  return ((await made.json()) as NewLink).path;
}

async function uses(): Promise<Readonly<Record<string, string | undefined>>> {
  const all = (await (await gateway.system('GET', '/system/tokens')).json()) as readonly TokenInfo[];
  return Object.fromEntries(all.map(({ name, lastUsedAt }) => [name, lastUsedAt]));
}

async function records(): Promise<number> {
  const [last] = (await (await gateway.system('GET', '/system/audit?limit=1')).json()) as AuditEntryInfo[];
  return Number(last?.seq);
}

const ask = async (path: string, held = '', method = 'GET'): Promise<number> => {
  const headers = held === '' ? {} : { authorization: `Bearer ${held}` };
  const answer = await fetch(`${gateway.url}${path}`, { method, headers });
  await answer.arrayBuffer();
  return answer.status;
};

const [caller, reader, other] = [
  await token('caller', ['invoke']),
  await token('reader', ['read']),
  await token('other', ['read', 'invoke'], 'team-b/*'),
];
const [opened, unopened] = [await link('opened'), await link('unopened')];

test('what was never used says so, and being refused is no use', async () => {
  assert.equal(await ask('/function/hello', reader), 403);
  assert.equal(await ask('/function/hello', other), 403);
  // It is let in to ask, and learns only then that this function is none of its own.
  assert.equal(await ask('/system/function/hello', other), 403);
  assert.equal(await ask('/system/tokens', caller), 403);
  assert.equal(await ask('/system/functions', caller), 403);
  assert.equal(await ask(unopened.replace('calls.csv', 'calls.json')), 404);
  assert.equal(await ask('/system/export/calls', unopened.split('/')[2]), 401);
  assert.deepEqual(Object.values(await uses()), Array(5).fill(undefined));
});

test('whoever is let in is seen: a call, a request to the API, an address that was opened', async () => {
  const before = await records();
  assert.equal(await ask('/function/hello', caller), 200);
  assert.equal(await ask('/system/functions', reader), 200);
  assert.equal(await ask(opened), 200);
  const { caller: called, reader: read, opened: fetched, ...never } = await uses();
  for (const time of [called, read, fetched]) {
    const at = Date.parse(time ?? '');
    assert.ok(at >= started && at <= Date.now() + 1, time);
  }
  assert.deepEqual(never, { other: undefined, unopened: undefined });
  assert.equal(await records(), before, 'no use is an entry of the audit log');
});

test('it is not found here: still the token was let in', async () => {
  const finder = await token('finder', ['read']);
  assert.equal(await ask('/system/function/absent', finder), 404);
  assert.ok((await uses())['finder']);
  await gateway.system('DELETE', '/system/tokens/finder');
});

test('only admins see it, on the command line too', async (t) => {
  assert.equal(await ask('/system/tokens', reader), 403);
  assert.equal(await ask('/system/export/tokens', reader), 403);
  const program = (held: string) => new Wherry(t, { WHERRY_URL: gateway.url, WHERRY_TOKEN: held });
  const listed = await program(gateway.token).run(['token', 'list']);
  const [head = '', ...lines] = listed.out.toString().split('\n');
  assert.match(head, / LAST USED$/);
  const ending = (name: string) =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(head.indexOf('LAST USED'));
  assert.match(ending('caller') ?? '', /^\d+ s ago$/);
  assert.equal(ending('other'), 'never');
  const { out } = await program(gateway.token).run(['token', 'list', '-o', 'json']);
  const told = JSON.parse(out.toString()) as readonly TokenInfo[];
  assert.deepEqual(Object.fromEntries(told.map((one) => [one.name, one.lastUsedAt])), await uses());
  const refused = await program(reader).run(['token', 'list']);
  assert.deepEqual([refused.code, /caller/.test(refused.out.toString())], [4, false]);
});

test('it is known after a restart, and what was revoked before the stop does not come back by it', async () => {
  const gone = await token('gone', ['read']);
  assert.equal(await ask('/system/functions', gone), 200);
  await gateway.system('DELETE', '/system/tokens/gone');
  const before = await uses();
  await gateway.stop();
  gateway = await Gateway.start({ after }, { home, args: ['--functions-visibility', 'private'] });
  assert.deepEqual(await uses(), before);
  assert.deepEqual([before['gone'], await ask('/system/functions', gone)], [undefined, 401]);
  assert.equal(await ask('/system/functions', reader), 200);
  assert.ok(Date.parse((await uses())['reader'] ?? '') > Date.parse(before['reader'] ?? ''));
});
