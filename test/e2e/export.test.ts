// Every table of a real gateway in every format, for those who may see it; and what was used, held against the records of the calls.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Wherry } from '@wherry/cli/testing/run-wherry';
import { tableNames } from '@wherry/core/table-filters';
import { until } from './dashboard-rig.ts';
import { Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });
const memory = { limits: { memory: '256Mi' } };
const wait = 'module.exports = () => new Promise((done) => setTimeout(() => done("ok"), 40));';

before(async () => {
  await gateway.system('POST', '/system/namespace/', { name: 'team-a' });
  await gateway.deploy({
    ...{ name: 'hello', files: { 'handler.js': wait } },
    spec: { ...memory, labels: { tier: 'gold' } },
  });
  await gateway.deploy({
    name: 'failing',
    files: { 'handler.js': 'module.exports = () => { console.log("=1+1"); throw new Error("no"); };' },
    spec: {
      namespace: 'team-a',
      annotations: { 'com.wherry.schedule': '0 3 * * *; @every 5h', 'com.wherry.retries': '0' },
    },
  });
  await gateway.deploy({ name: 'quits', files: { 'handler.js': 'module.exports = () => process.exit(3);' } });
  await gateway.call('quits');
  await until(async () => (await rows('/system/export/ends?format=json&function=quits')).length > 0);
  await gateway.system('POST', '/system/secrets', { name: 'key', namespace: 'team-a', value: 'hush-hush' });
  await gateway.system('POST', '/system/tokens', { name: 'reader', scopes: ['read'] });
  for (let n = 0; n < 12; n += 1) assert.equal(await gateway.said('hello'), 'ok');
  for (let n = 0; n < 3; n += 1) assert.equal((await gateway.call('failing.team-a')).status, 500);
  assert.equal((await fetch(`${gateway.url}/function/hello/find-me`)).status, 200);
  await fetch(`${gateway.url}/async-function/hello`, { method: 'POST', body: 'later' });
});

async function rows(path: string, headers = gateway.admin): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${gateway.url}${path}`, { headers });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text) as Record<string, unknown>[];
}

async function token(name: string, functions: string): Promise<Readonly<Record<string, string>>> {
  const made = await gateway.system('POST', '/system/tokens', { name, scopes: ['read'], functions });
  return { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
}

const partOfMs = /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{4,}Z$/;
const query = (table: string): string => (table === 'metrics' ? '&query=up or vector(1)' : '');

for (const table of tableNames)
  test(`the table ${table}, in every format`, async () => {
    const json = await rows(`/system/export/${table}?format=json${query(table)}`);
    assert.ok(json.length > 0 || ['usage', 'scaling'].includes(table), 'it has rows');
    for (const cell of json.flatMap(Object.values)) assert.doesNotMatch(String(cell), partOfMs);
    const lines = await gateway.system('GET', `/system/export/${table}?format=jsonl${query(table)}`);
    const last = (await lines.text()).trimEnd().split('\n').at(-1) ?? '';
    assert.deepEqual(Object.keys(JSON.parse(last || '{}')), Object.keys(json.at(-1) ?? {}));
    const csv = await gateway.system('GET', `/system/export/${table}?mark=1${query(table)}`);
    const bytes = Buffer.from(await csv.arrayBuffer());
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.match(
      csv.headers.get('content-disposition') ?? '',
      new RegExp(`^attachment; filename="${table}.csv"$`),
    );
    const book = await gateway.system('GET', `/system/export/${table}?format=xlsx${query(table)}`);
    assert.match(Buffer.from(await book.arrayBuffer()).toString('latin1'), /^PK\x03\x04.*PK\x05\x06/s);
    for (const { headers } of [csv, book]) {
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
    }
    assert.doesNotMatch(JSON.stringify(json), /hush|hash|wherry_[A-Za-z0-9]/);
  });

test('filters leave out, and those that a table does not have are refused', async () => {
  const count = async (path: string): Promise<number> => (await rows(`/system/export/${path}`)).length;
  assert.equal(await count('calls?format=json&function=failing&namespace=team-a'), 3);
  assert.equal(await count('calls?format=json&namespace=team-a'), 3);
  assert.equal(await count('calls?format=json&namespace=team-a&failed=1'), 3);
  assert.equal(await count('calls?format=json&limit=4'), 4);
  assert.equal(await count('calls?format=json&until=1h'), 0);
  assert.ok((await count('calls?format=json&since=7d')) >= 15);
  assert.equal(await count('schedules?format=json'), 2);
  assert.equal(await count('secrets?format=json&namespace=openfaas-fn'), 0);
  assert.ok((await count('logs?format=json&namespace=team-a&text=1%2B1')) >= 3);
  assert.equal(await count('audit?format=json&what=createToken&about=reader'), 1);
  assert.equal(await count('audit?format=json&outcome=refused&about=reader'), 0);
  assert.ok((await count('ends?format=json&function=quits&failed=1')) >= 1);
  assert.equal(await count('ends?format=json&function=hello&failed=1'), 0);
  const logs = await gateway.system('GET', '/system/export/logs?namespace=team-a');
  const text = await logs.text();
  assert.match(text, /,'=1\+1\r\n/);
  assert.doesNotMatch(text, /,=1/);
  for (const [path, status] of [
    ['calls?namespac=team-a', 422],
    ['functions?since=1h', 422],
    ['calls?since=yesterday', 422],
    ['calls?format=pdf', 422],
    ['calls?limit=0', 422],
    ['calls?function=../x', 404],
    ['usage?zone=Mars', 400],
    ['metrics', 422],
    ['metrics?query=sum(', 400],
    ['passwords', 404],
    ['__proto__', 404],
  ] as const)
    assert.equal((await gateway.system('GET', `/system/export/${path}`)).status, status, path);
});

test('a text finds what the dashboard finds by it, in every table that is searched; it is never a pattern', async () => {
  const names = async (path: string): Promise<Set<unknown>> =>
    new Set((await rows(`/system/export/${path}&format=json`)).map(({ name }) => name));
  assert.deepEqual(await names('functions?text=AILIN'), new Set(['failing']));
  assert.deepEqual(await names('functions?text=tier=GOLD'), new Set(['hello']));
  assert.deepEqual(await names('functions?text=team-a awake'), new Set(['failing']));
  assert.deepEqual(await names('functions?text= '), new Set(['failing', 'hello', 'quits']));
  assert.deepEqual(await names('instances?text=hello'), new Set(['hello']));
  assert.deepEqual(await names('ends?text=Quits&failed=1'), new Set(['quits']));
  assert.deepEqual(await names('ends?text=hello&failed=1'), new Set([]));
  assert.deepEqual(await names('calls?text=failing.team-a'), new Set(['failing']));
  assert.deepEqual(await names('calls?text=/FIND%3Fme'), new Set([]));
  assert.deepEqual(await names('calls?text=/find-me'), new Set(['hello']));
  assert.deepEqual(await names('queue?text=hello.openfaas-fn'), new Set(['hello']));
  assert.deepEqual(await names('queue?text=failing'), new Set([]));
  const [call] = await rows('/system/export/calls?format=json&text=find-me');
  assert.equal((await rows(`/system/export/calls?format=json&text=${String(call?.['id'])}`)).length, 1);
  assert.equal((await rows('/system/export/calls?format=json&text=failing&limit=2')).length, 2);
  for (const table of ['calls', 'functions', 'instances', 'ends', 'queue', 'logs'])
    for (const text of [
      '.*',
      '^',
      '(a+)+$',
      '[',
      '\\',
      '%',
      "' OR 1=1 --",
      '$&',
      '\0',
      '\ud800',
      '\u202e',
      '__proto__',
      '<b>',
    ]) {
      const found = await rows(`/system/export/${table}?${new URLSearchParams({ format: 'json', text })}`);
      // Marks of logs pass whatever the text.
      assert.deepEqual(
        found.filter(({ stream }) => stream !== 'mark'),
        [],
        `${table} ${text}`,
      );
    }
  const long = new URLSearchParams({ text: 'x'.repeat(1_001) });
  assert.equal((await gateway.system('GET', `/system/export/calls?${long}`)).status, 422);
  for (const table of ['schedules', 'secrets', 'tokens', 'audit', 'usage', 'scaling'])
    assert.equal((await gateway.system('GET', `/system/export/${table}?text=x`)).status, 422, table);
});

test('a token sees what it is for, in every table, and nothing else', async () => {
  const team = await token('team', 'team-a/*');
  for (const table of tableNames.filter((one) => one !== 'tokens' && one !== 'audit')) {
    const text = JSON.stringify(await rows(`/system/export/${table}?format=json${query(table)}`, team));
    assert.doesNotMatch(text, /hello/, table);
  }
  const calls = await rows('/system/export/calls?format=json', team);
  assert.equal(calls.length, 3);
  const refused = async (path: string): Promise<number> =>
    (await fetch(`${gateway.url}${path}`, { headers: team })).status;
  assert.equal(await refused('/system/export/calls?function=hello'), 403);
  assert.equal(await refused('/system/export/tokens'), 403);
  assert.equal(await refused('/system/export/audit'), 403);
  assert.equal(await refused('/system/usage?function=hello'), 403);
  assert.equal((await fetch(`${gateway.url}/system/export/calls`)).status, 401);
});

test('usage is what the records of the calls come to', async () => {
  const calls = await rows('/system/export/calls?format=json&function=hello');
  const seconds = calls.reduce((sum, { runMs }) => sum + Number(runMs) / 1000, 0);
  assert.ok(calls.length >= 12 && seconds > 12 * 0.04);
  let [used] = await rows('/system/usage?since=1h&function=hello');
  // A round of metrics is every ten seconds.
  for (const end = Date.now() + 40_000; Number(used?.['calls'] ?? 0) < calls.length && Date.now() < end; )
    [used] = await rows('/system/usage?since=1h&function=hello');
  assert.equal(used?.['calls'], calls.length);
  for (const end of ['from', 'to']) assert.doesNotMatch(String(used[end]), partOfMs);
  assert.equal(used?.['errors'], 0);
  assert.ok(
    Math.abs(Number(used['gbSeconds']) - seconds * 0.25) < 1e-4,
    `${used['gbSeconds']} of ${seconds}`,
  );
  const wake = calls.reduce((sum, { wakeMs }) => sum + Number(wakeMs) / 1000, 0);
  assert.ok(Math.abs(Number(used['wakeSeconds']) - wake) < 1e-4);
  const team = await rows('/system/usage?by=namespace&every=day&zone=Europe/Berlin&namespace=team-a');
  assert.deepEqual(
    team.map(({ namespace, name, calls: counted, errors }) => [namespace, name, counted, errors]),
    [['team-a', undefined, 3, 3]],
  );
});

test('the command line: tables into files and pipes, usage for people, an address for Excel', async (t) => {
  const cli = new Wherry(t, { WHERRY_URL: gateway.url, WHERRY_TOKEN: gateway.token });
  const run = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await cli.run(args);
    assert.equal(code, 0, err);
    return out.toString();
  };
  assert.match(await run('export', 'calls', '--failed', '--limit', '2'), /^id,startedAt(.*\r\n){3}$/s);
  assert.match(
    await run('export', 'calls', '--text', 'FIND-me'),
    /^id,startedAt[^\n]*\r\n[^\n]*\/find-me[^\n]*\r\n$/,
  );
  const book = join(cli.home, 'calls.xlsx');
  await run('export', 'calls', '--format', 'xlsx', '--to', book);
  assert.equal(readFileSync(book).subarray(0, 2).toString(), 'PK');
  assert.match(await run('export', 'audit'), /^seq,/);
  assert.match(await run('calls', 'hello', '-o', 'csv'), /^id,trigger,target.*\r\n/);
  assert.match(await run('export'), /provider:/);
  assert.match(await run('usage', '--by', 'namespace'), /NAMESPACE .*GB-SECONDS.*\n.*team-a +3 +3/s);
  assert.match(await run('usage', '--format', 'csv'), /^from,to,namespace,name,calls/);
  const url = await run(
    'export',
    'link',
    'calls',
    '--name',
    'sheet',
    '--function',
    'hello',
    '--expires',
    '7d',
  );
  const opened = await fetch(url.trim());
  assert.match(await opened.text(), /hello/);
  assert.match(await run('token', 'list'), /sheet +export calls\?function=hello/);
  const found = await run('export', 'link', 'calls', '--name', 'found', '--text', 'find-me &limit=1');
  assert.match(await (await fetch(found.trim())).text(), /^id,startedAt[^\n]*\r\n$/, 'a text is one text');
  const wrong = await cli.run(['export', 'passwords']);
  assert.equal(wrong.code, 3);
  assert.match(wrong.err, /none of calls, logs/);
});
