import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Ran, Wherry } from '@wherry/cli/testing/run-wherry';
import type { AuditEntryInfo, AuditState } from '@wherry/wire/audit';
import { notAudited } from '@wherry/gateway/routes/audited';
import { type Route, type RouteName, routes } from '@wherry/wire/routes';
import { openStore } from '@wherry/storage/sqlite/open-store';
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

test('every route that changes something leaves a record, whatever it is asked', async (t) => {
  const own = await Gateway.start(t);
  const { token } = own;
  let before = 0;
  for (const [what, route] of Object.entries(routes) as [RouteName, Route][]) {
    if (route.method === 'GET' || notAudited[what] !== undefined) continue;
    // Whatever is rotated, this token stays good.
    const path = route.path.replace(/\{\w+\}/g, 'nobody');
    const answer = await fetch(`${own.url}${path}`, {
      method: route.method,
      headers: { authorization: `Bearer ${token}` },
      body: '{"name":"nobody","code":"nobody"}',
    });
    await answer.arrayBuffer();
    const list = await own.system('GET', `/system/audit?what=${what}`);
    const found = (await list.json()) as AuditEntryInfo[];
    assert.equal(found.length, 1, what);
    assert.equal(found[0]?.call, answer.headers.get('x-call-id'), what);
    assert.equal(found[0]?.status, answer.status, what);
    before += 1;
  }
  assert.ok(before > 25, `${before} routes`);
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

const python = spawnSync('python3', ['--version']).status === 0;

test('the page’s own few lines verify an export, too', { skip: !python && 'needs python3' }, async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
  const [, program = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
  await gateway.system('DELETE', '/system/functions', { functionName: 'name with "ü" \u2028 😀 \u0007' });
  const file = join(home, 'by-hand.jsonl');
  assert.equal((await wherry(t, 'audit', 'export', file)).code, 0);
  assert.match(execFileSync('python3', ['-c', program, file], { encoding: 'utf8' }), /verifies up to \d+/);
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, lines.toSpliced(-2, 1).join('\n'));
  assert.notEqual(spawnSync('python3', ['-c', program, file]).status, 0);
  writeFileSync(file, lines.join('\n').replace('"who":"admin"', '"who":"axmin"'));
  assert.notEqual(spawnSync('python3', ['-c', program, file]).status, 0);
  const told = await wherry(t, 'audit', 'verify', file);
  assert.equal(told.code, 1);
  assert.match(
    told.out.toString(),
    /does NOT verify[\s\S]*record \d+ changed: it was changed after it was written/,
  );
});

test('a restore and a salvage are records, and the log verifies after them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-saved-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const own = freshHome();
  t.after(() => rmSync(own, { recursive: true, force: true }));
  const program = new Wherry(t, { WHERRY_HOME: own });
  const verified = async (of: string): Promise<AuditState> => {
    const ran = await program.run(['audit', 'verify', '--home', of, '-o', 'json']);
    const state = JSON.parse(ran.out.toString()) as AuditState;
    assert.equal(ran.code, state.verifies ? 0 : 1);
    return state;
  };
  const newestOf = async (of: Gateway): Promise<AuditEntryInfo> =>
    ((await (await of.system('GET', '/system/audit?who=(local)&limit=1')).json()) as AuditEntryInfo[])[0]!;
  const first = await Gateway.start(t, { home: own });
  await first.system('POST', '/system/namespace/', { name: 'before' });
  const file = join(folder, 'all.backup.tar.gz');
  assert.equal((await program.run(['backup', file])).code, 0);
  for (const name of ['a', 'b', 'c']) await first.system('POST', '/system/namespace/', { name });
  await first.stop();
  // Over what was there: the older database is no forgery then.
  assert.equal((await program.run(['restore', file, '--force'])).code, 0);
  const state = await verified(own);
  assert.equal(state.verifies, true, JSON.stringify(state.faults));
  const second = await Gateway.start(t, { home: own });
  const restored = await newestOf(second);
  assert.equal(restored.what, 'restore');
  assert.match(String(restored.change?.['accepts']), /^cut:/);
  assert.equal((await second.system('POST', '/system/namespace/', { name: 'after' })).status, 201);
  await second.stop();
  // Elsewhere, without the key.
  const elsewhere = join(folder, 'elsewhere');
  assert.equal((await program.run(['restore', file, '--home', elsewhere])).code, 0);
  assert.equal((await verified(elsewhere)).verifies, true);
  const third = await Gateway.start(t, { home: elsewhere });
  assert.equal((await third.system('POST', '/system/namespace/', { name: 'there' })).status, 201);
  await third.stop();
  assert.equal((await verified(elsewhere)).verifies, true);
  // Damage, and what a salvage makes of it.
  const database = join(own, 'wherry.db');
  const damaged = Buffer.from(
    readFileSync(database, 'latin1').replaceAll('"namespace":"before"', '"namespace":"BEFORE"'),
    'latin1',
  );
  damaged.fill(0x55, 0, 20);
  writeFileSync(database, damaged);
  assert.equal((await program.run(['salvage'])).code, 0);
  const salvaged = await verified(own);
  assert.equal(salvaged.verifies, true);
  assert.deepEqual(
    salvaged.accepted.map(({ kind }) => kind),
    ['missing'],
  );
  const fourth = await Gateway.start(t, { home: own });
  assert.equal((await newestOf(fourth)).what, 'salvage');
  assert.equal((await fourth.system('POST', '/system/namespace/', { name: 'again' })).status, 201);
});

test('a log with a cut tail keeps the gateway from changing anything, and calls are answered', async (t) => {
  const own = freshHome();
  t.after(() => rmSync(own, { recursive: true, force: true }));
  const first = await Gateway.start(t, { home: own });
  await first.deploy({ name: 'hello', files: { 'handler.js': `module.exports = () => 'here';` } });
  await first.stop();
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(own, 'wherry.db'));
  database.exec('DELETE FROM audit WHERE seq=(SELECT max(seq) FROM audit)');
  database.close();
  const second = await Gateway.start(t, { home: own });
  assert.match(second.output, /audit log cannot be written/);
  const refused = await second.system('POST', '/system/namespace/', { name: 'team' });
  assert.deepEqual([refused.status, refused.headers.get('x-wherry-error')], [503, 'audit_unavailable']);
  assert.deepEqual(await (await second.system('GET', '/system/namespaces')).json(), ['openfaas-fn']);
  assert.equal(await second.said('hello'), 'here');
  await second.stop();
  const program = new Wherry(t, { WHERRY_HOME: own });
  const verified = await program.run(['audit', 'verify', '--home', own]);
  assert.equal(verified.code, 1);
  assert.match(verified.out.toString(), /record \d+ cut: the end was cut off/);
  assert.match((await program.run(['audit', 'accept', '--dry-run'])).out.toString(), /Would go on/);
  assert.equal((await program.run(['audit', 'verify', '--home', own])).code, 1, 'nothing was changed');
  assert.equal((await program.run(['audit', 'accept'])).code, 0);
  const third = await Gateway.start(t, { home: own });
  assert.equal((await third.system('POST', '/system/namespace/', { name: 'team' })).status, 201);
});

test('an export of a long log takes no memory to speak of', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async (t) => {
  const own = freshHome();
  t.after(() => rmSync(own, { recursive: true, force: true }));
  const store = await openStore({ home: own, now: Date.now });
  const entry = {
    at: 1,
    who: 'admin',
    from: '127.0.0.1',
    what: 'deployFunction',
    method: 'POST',
    call: 'c',
    status: 202,
  };
  for (let n = 0; n < 100; n += 1)
    await store.audit.append(
      Array.from({ length: 1000 }, (_, k) => ({
        entry: { ...entry, at: Date.now(), name: `fn-${n}-${k}`.padEnd(200, 'x') },
      })),
    );
  await store.close();
  const long = await Gateway.start(t, { home: own });
  const rss = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${long.process.pid}/status`, 'utf8'))?.[1]) / 1024;
  const before = rss();
  let [bytes, most] = [0, 0];
  const answer = await long.system('GET', '/system/audit/export');
  for await (const chunk of answer.body!) {
    bytes += chunk.length;
    most = Math.max(most, rss());
  }
  assert.ok(bytes > 45 * 2 ** 20, `${bytes} bytes`);
  assert.ok(most - before < 64, `from ${before} to ${most} MiB for ${bytes} bytes`);
  assert.equal(
    ((await (await long.system('GET', '/system/audit/verify')).json()) as AuditState).records,
    100_001,
  );
});
