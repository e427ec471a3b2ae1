// The example with a database, on a real PostgreSQL, with its library from npm's registry.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '@wherry/testkit/free-port';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';
import { unreachable } from './online.ts';

const all = '/usr/lib/postgresql';
const [newest] = existsSync(all) ? readdirSync(all).sort().reverse() : [];
const bin = join(all, newest ?? '', 'bin');
const missing = await whatIsMissing();
// Whom this machine trusts, for a registry behind a proxy of its own.
const authorities = process.env['NODE_EXTRA_CA_CERTS'];
const gateway = await Gateway.start(
  { after },
  { env: authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities } },
);
const project = Project.at({ after }, gateway);
cpSync(join(import.meta.dirname, '../../examples/notes-api'), project.folder, { recursive: true });

async function whatIsMissing(): Promise<string | false> {
  if (newest === undefined) return 'postgresql is not installed';
  if (process.getuid?.() !== 0) return 'grants of level full need root';
  if (spawnSync('bwrap', ['--version']).error !== undefined) return 'bubblewrap is not installed';
  return unreachable('https://registry.npmjs.org/pg');
}

interface Note {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly created: string;
}

describe('notes-api', { skip: missing, timeout: 560_000 }, () => {
  // One of its own for each run: two at once must not take each other's away.
  const address = `10.214.${64 + ((process.pid >> 8) % 128)}.${1 + (process.pid % 250)}`;
  const folder = mkdtempSync('/tmp/wherry-notes-');
  const data = join(folder, 'data');
  let port = 0;

  const asPostgres = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
    execFileSync(
      'setpriv',
      ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', join(bin, command), ...args],
      { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } },
    );
  const sql = (text: string): string =>
    asPostgres('psql', ['-h', address, '-p', String(port), '-U', 'app', '-d', 'postgres', '-qAtc', text], {
      PGPASSWORD: 'of the test',
    }).trim();
  /** The processes of PostgreSQL that belong to connections of the function. */
  const connections = (): readonly string[] =>
    sql(
      "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by pid",
    )
      .split('\n')
      .filter((line) => line !== '');
  const secret = (password: string): Promise<unknown> => {
    const at = `${address}:${port}`;
    project.write({ url: `postgres://app:${encodeURIComponent(password)}@${at}/postgres\n` });
    return project.did('secret', 'create', 'notes-database', '--from-file', 'url', '--replace');
  };
  const up = () => project.wherry(['up'], undefined, { NOTES_DATABASE: `${address}:${port}` });

  const call = (method: string, path: string, body?: string): Promise<Response> =>
    gateway.call('notes-api', { method, ...(body === undefined ? {} : { body }) }, path);
  const asked = async (method: string, path: string, body?: unknown): Promise<readonly [number, unknown]> => {
    const response = await call(method, path, body === undefined ? undefined : JSON.stringify(body));
    assert.equal(response.headers.get('content-type'), 'application/json');
    return [response.status, await response.json()];
  };
  const added = async (note: unknown): Promise<Note> => {
    const [status, value] = await asked('POST', '/notes', note);
    assert.equal(status, 201, JSON.stringify(value));
    return value as Note;
  };
  const said = async (method: string, path: string, body: string): Promise<string> => {
    const response = await call(method, path, body);
    return `${response.status} ${((await response.json()) as { error: string }).error}`;
  };

  before(async () => {
    chmodSync(folder, 0o755);
    port = await freePort();
    execFileSync('ip', ['addr', 'replace', `${address}/32`, 'dev', 'lo']);
    execFileSync('install', ['-d', '-o', 'postgres', '-m', '700', data]);
    writeFileSync(join(folder, 'password'), 'of the test', { mode: 0o644 });
    asPostgres('initdb', [
      ...['-D', data, '-A', 'scram-sha-256', '--pwfile', join(folder, 'password'), '-U', 'app', '--no-sync'],
    ]);
    writeFileSync(join(data, 'pg_hba.conf'), 'host all all 10.214.0.0/16 scram-sha-256\n');
    const options = `-c listen_addresses=${address} -c port=${port} -c unix_socket_directories= -c fsync=off`;
    asPostgres('pg_ctl', ['-D', data, '-w', '-o', options, '-l', join(data, 'log'), 'start']);
  });
  after(() => {
    if (existsSync(join(data, 'postmaster.pid')))
      asPostgres('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
    rmSync(folder, { recursive: true, force: true });
    execFileSync('ip', ['addr', 'del', `${address}/32`, 'dev', 'lo']);
  });

  test('without its secret it is not deployed, and the command says how to make it', async () => {
    const refused = await up();
    assert.equal(refused.code, 1);
    assert.match(refused.err, /notes-database does not exist[\s\S]*wherry secret create notes-database/);
    assert.match(refused.err, /wherry secret create notes-database/);
    await secret('of the test');
    const done = await up();
    assert.equal(done.code, 0, done.all);
  });

  test('notes are made, shown and removed; the table was made by the first call', async () => {
    assert.deepEqual(await asked('GET', '/notes'), [200, []]);
    const milk = await added({ title: 'Milk', body: 'two litres' });
    const bread = await added({ title: 'Bröt 🍞' });
    assert.deepEqual([bread.title, bread.body], ['Bröt 🍞', '']);
    assert.ok(Math.abs(Date.parse(milk.created) - Date.now()) < 60_000);
    assert.deepEqual(await asked('GET', '/notes'), [200, [bread, milk]]);
    assert.deepEqual(await asked('GET', `/notes/${milk.id}`), [200, milk]);
    const removed = await call('DELETE', `/notes/${milk.id}`);
    assert.deepEqual([removed.status, await removed.text()], [204, '']);
    for (const method of ['GET', 'DELETE'])
      assert.deepEqual(await asked(method, `/notes/${milk.id}`), [
        404,
        { error: `there is no note ${milk.id}` },
      ]);
    // As its page says it.
    const invoked = await project.did('invoke', 'notes-api', '--path', '/notes', '-d', '{"title": "Eggs"}');
    assert.equal((JSON.parse(invoked.out) as Note).title, 'Eggs');
  });

  test('what looks like SQL stays text', async () => {
    const before = Number(sql('select count(*) from notes'));
    const titles = [
      "Robert'); drop table notes; --",
      "' or '1'='1",
      '$1',
      '\\x27; delete from notes;',
      '%s"`${title}',
    ];
    for (const title of titles) {
      const { id } = await added({ title, body: title });
      assert.equal(sql(`select title from notes where id = ${id}`), title);
    }
    assert.equal(Number(sql('select count(*) from notes')), before + titles.length);
    assert.equal(
      await said('DELETE', `/notes/${encodeURIComponent('1 or true')}`, ''),
      '404 there is no note 1%20or%20true',
    );
    assert.equal(Number(sql('select count(*) from notes')), before + titles.length);
  });

  test('what is wrong is answered as JSON', async () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['{"title": ', /^400 the body is not JSON: /],
      ['', /^400 the body is not JSON/],
      ['[]', /^400 the body is not a JSON object/],
      ['null', /^400 the body is not a JSON object/],
      ['{}', /^400 title is missing/],
      ['{"title": " "}', /^400 title is missing/],
      ['{"title": 7}', /^400 title is not a text/],
      ['{"title": "x", "body": {}}', /^400 body is not a text/],
      ['{"title": "a\\u0000b"}', /^400 title has a character in it that cannot be stored/],
      [JSON.stringify({ title: 'x'.repeat(201) }), /^400 title is longer than 200 characters/],
    ];
    for (const [body, why] of wrong) assert.match(await said('POST', '/notes', body), why);
    for (const path of ['/notes/0x1', '/notes/-1', '/notes/2147483648', '/notes/99999999999'])
      assert.match(
        await said('POST', path, '').then(() => said('DELETE', path, '')),
        /^404 there is no note/,
      );
    assert.match(await said('DELETE', '/other', ''), /^404 there is nothing at \/other/);
    assert.match(await said('PUT', '/notes', '{}'), /^405 PUT is not for \/notes/);
    assert.equal((await call('POST', '/notes/1', '{}')).headers.get('allow'), 'GET, DELETE');
    assert.equal((await call('POST', '/notes', 'x'.repeat(65_537))).status, 413);
  });

  test('many calls share a few connections, which are there for the next', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, at) => added({ title: `note ${at}` })));
    const first = connections();
    assert.ok(first.length >= 1 && first.length <= 4, `${first.length} connections`);
    await Promise.all(Array.from({ length: 40 }, () => asked('GET', '/notes')));
    const second = connections();
    assert.ok(second.length <= 4);
    assert.deepEqual(
      first.filter((pid) => !second.includes(pid)),
      [],
      'none was made anew',
    );
  });

  test('connections that break are replaced, and the instance lives on', async () => {
    for (const pid of connections()) sql(`select pg_terminate_backend(${pid})`);
    let [status] = await asked('GET', '/notes');
    // A call may still find one that is just breaking.
    while (status === 503) [status] = await asked('GET', '/notes');
    assert.equal(status, 200);
    const { out } = await project.did('logs', 'notes-api', '--lines', '-1');
    assert.equal([...out.matchAll(/ started /g)].length, 1, out);
  });

  test('a new value of the secret is used, and one that is wrong is said', async () => {
    await secret('wrong');
    let [status, value] = await asked('GET', '/notes');
    // An instance sees it within two seconds.
    while (status === 200) [status, value] = await asked('GET', '/notes');
    assert.equal(status, 503);
    assert.match(JSON.stringify(value), /the database can't be used: password authentication failed/);
    await secret('of the test');
    while (status === 503) [status] = await asked('GET', '/notes');
    assert.equal(status, 200);
  });

  test('a database that is away is 503, and is used when it is back', async () => {
    asPostgres('pg_ctl', ['-D', data, '-w', '-m', 'fast', 'stop']);
    assert.match(await said('POST', '/notes', '{"title":"x"}'), /^503 the database can't be used/);
    const options = `-c listen_addresses=${address} -c port=${port} -c unix_socket_directories= -c fsync=off`;
    asPostgres('pg_ctl', ['-D', data, '-w', '-o', options, '-l', join(data, 'log'), 'start']);
    assert.equal((await added({ title: 'back' })).title, 'back');
  });
});
