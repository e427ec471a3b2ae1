import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Ran, Wherry } from '@wherry/cli/testing/run-wherry';
import type { AuditEntryInfo, AuditState } from '@wherry/wire/audit';
import { freshHome, Gateway } from './gateway.ts';

const home = freshHome();
after(() => rmSync(home, { recursive: true, force: true }));
const gateway = await Gateway.start({ after }, { home });

async function wherry(t: { after(fn: () => void): void }, ...args: string[]): Promise<Ran> {
  const program = new Wherry(t as ConstructorParameters<typeof Wherry>[0], { WHERRY_HOME: home });
  return program.run(args);
}

async function newest(query = ''): Promise<AuditEntryInfo> {
  const all = (await (
    await gateway.system('GET', `/system/audit?limit=1${query}`)
  ).json()) as AuditEntryInfo[];
  return all[0] as AuditEntryInfo;
}

test('a change leaves a record: who, what, on what, what is different, how it ended', async () => {
  const handler = { 'handler.js': `module.exports = () => 'one';` };
  await gateway.deploy({ name: 'hello', files: handler, spec: { envVars: { MODE: 'hidden-value' } } });
  const first = await newest('&what=deployFunction');
  assert.equal(first.who, 'admin');
  assert.deepEqual(
    [first.namespace, first.name, first.status, first.method],
    ['openfaas-fn', 'hello', 202, 'POST'],
  );
  assert.equal(first.from, '127.0.0.1');
  assert.deepEqual([first.change?.['version'], first.change?.['env']], ['1', 'MODE']);
  assert.match(String(first.change?.['package']), /^[0-9a-f]{64}$/);
  await gateway.deploy({ name: 'hello', files: handler, spec: { envVars: { MODE: 'other', MORE: '1' } } });
  const second = await newest('&name=hello');
  assert.match(String(second.change?.['version']), /^1 → \d+$/);
  assert.match(String(second.change?.['fields']), /env \+MORE ~MODE/);
  assert.match(second.call, /^[0-9a-f-]{36}$/);
});

test('a token is named with its id, and what it may not do is counted, not repeated', async () => {
  const made = await gateway.system('POST', '/system/tokens', { name: 'ci', scopes: ['read'] });
  const { token } = (await made.json()) as { token: string };
  assert.deepEqual((await newest()).change, { scopes: 'read', functions: '*' });
  const before = (await newest()).seq;
  for (let n = 0; n < 20; n += 1) {
    const refused = await fetch(`${gateway.url}/system/functions`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(refused.status, 403);
    const unknown = await fetch(`${gateway.url}/system/secrets`, {
      headers: { authorization: 'Bearer guessed' },
    });
    assert.equal(unknown.status, 401);
  }
  const [second, first] = (await (
    await gateway.system('GET', '/system/audit?limit=2')
  ).json()) as AuditEntryInfo[];
  assert.deepEqual([first?.who, first?.error, first?.what], ['ci', 'forbidden', 'deleteFunction']);
  assert.match(String(first?.token), /^[0-9a-f]{12}$/);
  assert.deepEqual([second?.who, second?.error, second?.seq], ['', 'unauthenticated', before + 2]);
});

test('the command line lists, shows, exports and verifies', async (t) => {
  const listed = await wherry(t, 'audit', 'list');
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out.toString(), /admin from 127\.0\.0\.1 +deployFunction +hello\.openfaas-fn +202/);
  assert.match((await wherry(t, 'audit', 'show', '2')).out.toString(), /what +\w+/);
  const file = join(home, 'audit.jsonl');
  assert.equal((await wherry(t, 'audit', 'export', file)).code, 0);
  for (const args of [[], ['--home', home], [file], [file, '--key', join(home, 'audit.key')]]) {
    const verified = await wherry(t, 'audit', 'verify', ...args);
    assert.equal(verified.code, 0, verified.out.toString() + verified.err);
    assert.match(verified.out.toString(), /The log verifies: \d+ records/);
  }
  const state = (await (await gateway.system('GET', '/system/audit/verify')).json()) as AuditState;
  assert.equal(state.verifies, true);
});
