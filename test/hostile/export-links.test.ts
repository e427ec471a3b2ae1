// Addresses that are credentials: good for one table with its filters, for a time, until they are revoked; and nowhere written down.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { neverLinked } from '@wherry/core/table-filters';
import type { NewLink } from '@wherry/wire/tokens';
import { Gateway } from '../e2e/gateway.ts';
import { ask } from './line.ts';

const folder = mkdtempSync(join(tmpdir(), 'wherry-links-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const accessLog = join(folder, 'access.log');
const gateway = await Gateway.start(
  { after },
  { args: ['--access-log', accessLog, '--functions-visibility', 'private'] },
);

before(async () => {
  await gateway.system('POST', '/system/namespace/', { name: 'team-a' });
  const files = { 'handler.js': 'module.exports = () => "ok";' };
  await gateway.deploy({ name: 'hello', files });
  await gateway.deploy({ name: 'theirs', files, spec: { namespace: 'team-a' } });
  for (const name of ['hello', 'theirs.team-a', 'hello'])
    assert.equal((await gateway.call(name, { headers: gateway.admin })).status, 200);
});

let count = 0;
async function link(query: string, more: object = {}): Promise<NewLink> {
  const made = await gateway.system('POST', `/system/export/${query.replace(/\?|$/, '/link?')}`, {
    ...{ name: `link-${++count}`, ...more },
  });
  assert.equal(made.status, 200, await made.clone().text());
  return (await made.json()) as NewLink;
}

/** As Excel asks: no header of ours. */
const open = (path: string): Promise<Response> => fetch(`${gateway.url}${path}`);
const status = async (path: string): Promise<number> => (await open(path)).status;

test('it gives its table with its filters, and what the address says beside that changes nothing', async () => {
  const { path } = await link('calls?function=hello');
  assert.match(path, /^\/export\/wherry_[\w-]{43}\/calls\.csv$/);
  for (const address of [path, `${path}?function=theirs&namespace=team-a`, `${path}?format=json`]) {
    const response = await open(address);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.deepEqual([text.split('\r\n').length, /theirs/.test(text)], [4, false]);
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  }
  assert.equal(await status((await link('usage?by=namespace&format=xlsx')).path), 200);
});

test('it opens no other table, no other file, and nothing at all in a header', async () => {
  const { path } = await link('calls');
  const token = path.split('/')[2] ?? '';
  const [other] = [await link('functions')];
  for (const wrong of [
    ...[`/export/${token}/functions.csv`, `/export/${token}/calls.json`, `/export/${token}/CALLS.csv`],
    ...[`/export/${gateway.token}/calls.csv`, `/export/${token}x/calls.csv`, `/export/x/calls.csv`],
    other.path.replace('functions.csv', 'calls.csv'),
  ]) {
    const response = await open(wrong);
    assert.equal(response.status, 404, wrong);
    assert.doesNotMatch(await response.text(), /wherry_|hello/);
  }
  for (const authorization of [`Bearer ${token}`, `Basic ${btoa(`admin:${token}`)}`])
    for (const target of ['/system/export/calls', '/system/calls', '/system/functions', '/function/hello'])
      assert.equal(
        (await fetch(`${gateway.url}${target}`, { headers: { authorization } })).status,
        401,
        target,
      );
  for (const method of ['POST', 'PUT', 'DELETE'])
    assert.equal((await fetch(`${gateway.url}${path}`, { method })).status, 405);
});

test('it sees only the functions that it was made for, and no table of secrets, tokens or audit records has one', async () => {
  const { path } = await link('calls', { functions: 'team-a/*' });
  const text = await (await open(path)).text();
  assert.match(text, /theirs/);
  assert.doesNotMatch(text, /hello/);
  for (const table of neverLinked)
    assert.equal((await gateway.system('POST', `/system/export/${table}/link`, { name: 'x' })).status, 400);
  assert.equal((await gateway.system('POST', '/system/export/calls/link?bad=1', { name: 'x' })).status, 422);
  assert.equal((await gateway.system('POST', '/system/export/calls/link', { name: 'link-1' })).status, 409);
});

test('only an admin makes one; it is listed, audited without its secret, and ends when it is revoked or its time is over', async () => {
  const reader = await gateway.system('POST', '/system/tokens', {
    name: 'reader',
    scopes: ['read', 'deploy'],
  });
  const { token } = (await reader.json()) as { token: string };
  const by = await fetch(`${gateway.url}/system/export/calls/link`, {
    ...{ method: 'POST', body: '{"name":"mine"}', headers: { authorization: `Bearer ${token}` } },
  });
  assert.equal(by.status, 403);
  const made = await link('calls?since=7d');
  const short = await link('calls', { expiresInSeconds: 1 });
  assert.ok(Date.parse(made.expiresAt ?? '') - Date.now() < 91 * 86_400_000);
  const listed = await (await gateway.system('GET', '/system/tokens')).json();
  assert.deepEqual((listed as NewLink[]).find(({ name }) => name === made.name)?.link, {
    table: 'calls',
    query: 'since=7d',
  });
  assert.doesNotMatch(JSON.stringify(listed), /wherry_/);
  assert.equal((await gateway.system('POST', `/system/tokens/${made.name}/rotate`)).status, 400);
  assert.equal(await status(made.path), 200);
  assert.equal((await gateway.system('DELETE', `/system/tokens/${made.name}`)).status, 202);
  assert.equal(await status(made.path), 404);
  while ((await status(short.path)) === 200);
  const audit = await (await gateway.system('GET', '/system/audit?what=createExportLink')).text();
  assert.match(audit, /since=7d/);
  assert.doesNotMatch(audit, /wherry_/);
  const refused = await (await gateway.system('GET', '/system/audit?what=readExportLink')).text();
  assert.match(refused, /link_unknown/);
});

test('whatever way it is spelled, no log has it', async () => {
  const { path } = await link('calls');
  const token = path.split('/')[2] ?? '';
  const coded = [...token].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join('');
  const seen = [
    ...[path, `/${path}`, `/export/${coded}/calls.csv`, `/%65xport/${coded}/calls.csv`, `${path}/x`],
    ...[`/EXPORT/${coded}/calls.csv`, `/ui/?from=${path}`, `/healthz?${token}`],
  ];
  for (const target of seen) await ask(gateway.url, 'GET', target, { Referer: `http://x${path}` });
  const all = async (): Promise<string> => {
    for (;;) {
      const text = readFileSync(accessLog, 'utf8');
      if (text.includes('/healthz?(left out)')) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const text = decodeURIComponent((await all()).replaceAll('\\', ''));
  assert.ok(!text.includes(token.slice(7)), 'the access log has it');
  assert.match(text, /GET \/export\/\(left out\)\/calls\.csv/);
  assert.match(text, /POST \/system\/export\/calls\/link/);
  assert.ok(!gateway.output.includes(token.slice(7)));
});

test('where the API is for some networks only, so is an address', async (t) => {
  const fenced = await Gateway.start(t, {
    args: ['--api-networks', '192.0.2.0/24', '--trusted-proxies', '127.0.0.1'],
  });
  const made = await fenced.system('POST', '/system/export/functions/link', { name: 'sheet' });
  const { path } = (await made.json()) as NewLink;
  const from = async (address: string): Promise<number> =>
    (await fetch(`${fenced.url}${path}`, { headers: { 'x-forwarded-for': address } })).status;
  assert.deepEqual([await from('192.0.2.7'), await from('203.0.113.5')], [200, 403]);
});
