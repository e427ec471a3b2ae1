import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ended, type Ran, Wherry } from '@wherry/cli/testing/run-wherry';
import { freshHome, Gateway } from './gateway.ts';

const home = freshHome();
const folder = mkdtempSync(join(tmpdir(), 'wherry-saved-'));
after(() => {
  for (const one of [home, folder]) rmSync(one, { recursive: true, force: true });
});
const gateway = await Gateway.start({ after }, { home });
const fenced = /^ +isolation +none/m.test(gateway.output)
  ? 'this machine has no fence, so functions find their secrets elsewhere'
  : false;

const file = join(folder, 'all.backup.tar.gz');
const reader = `const fs = require('fs');
module.exports = () => { try { return fs.readFileSync('/var/openfaas/secrets/api-key', 'utf8'); } catch (e) { return e.code; } };`;

/** The command line with the data folder of a gateway, and nothing else. */
async function wherry(t: { after(fn: () => void): void }, of: string, ...args: string[]): Promise<Ran> {
  const program = new Wherry(t as ConstructorParameters<typeof Wherry>[0], { WHERRY_HOME: of });
  return program.run(args);
}

/** The names in a listing of functions. */
async function names(of: Gateway): Promise<string[]> {
  const listed = (await (await of.system('GET', '/system/functions')).json()) as { name: string }[];
  return listed.map(({ name }) => name).sort();
}

test('a backup under load, restored elsewhere: what was acknowledged before it is there, and answers', {
  skip: fenced,
}, async (t) => {
  await gateway.system('POST', '/system/secrets', { name: 'api-key', value: 'the secret value' });
  await gateway.deploy({ name: 'reads', files: { 'handler.js': reader }, spec: { secrets: ['api-key'] } });
  const made = await gateway.system('POST', '/system/tokens', { name: 'ci', scopes: ['read'] });
  const { token } = (await made.json()) as { token: string };
  assert.equal(await gateway.said('reads'), 'the secret value');

  // Somebody deploys and calls all the while.
  const acknowledged: string[] = [];
  let over = false;
  const load = (async () => {
    for (let n = 0; !over; n += 1) {
      await gateway.deploy({
        name: `more-${n}`,
        files: { 'handler.js': `module.exports = () => 'more ${n}';` },
      });
      acknowledged.push(`more-${n}`);
    }
  })();
  const calls = (async () => {
    while (!over) assert.equal(await gateway.said('reads'), 'the secret value');
  })();
  while (acknowledged.length < 3) await new Promise((resolve) => setImmediate(resolve));
  const before = [...acknowledged];
  const said = await wherry(t, home, 'backup', file);
  over = true;
  await Promise.all([load, calls]);
  assert.equal(said.code, 0, said.err);
  assert.match(said.out.toString(), /Saved .*functions.*\n.*keep a copy of secrets\.key/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await gateway.stop();

  const elsewhere = join(folder, 'elsewhere');
  const restored = await wherry(
    t,
    home,
    'restore',
    file,
    '--home',
    elsewhere,
    '--key',
    join(home, 'secrets.key'),
  );
  assert.equal(restored.code, 0, restored.err);
  assert.match(restored.out.toString(), /1 readable, 0 lost/);
  const second = await Gateway.start(t, { home: elsewhere });
  const there = await names(second);
  for (const name of ['reads', ...before]) assert.ok(there.includes(name), `${name} is missing`);
  // Of one moment: every function that is in it has its code, and answers.
  for (const name of there)
    assert.equal(await second.said(name), name === 'reads' ? 'the secret value' : name.replace('-', ' '));
  assert.notEqual(second.token, gateway.token, 'the admin token is no part of a backup');
  const asked = await fetch(`${second.url}/system/functions`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(asked.status, 200, 'tokens of others are');
  await second.stop();

  const keyless = join(folder, 'keyless');
  const lost = await wherry(t, home, 'restore', file, '--home', keyless);
  assert.equal(lost.code, 0, lost.err);
  assert.match(lost.out.toString(), /0 readable, 1 lost/);
  assert.match(lost.out.toString(), /wherry secret update api-key -n openfaas-fn --from-file FILE/);
  const third = await Gateway.start(t, { home: keyless });
  assert.deepEqual(await names(third), there);
  assert.equal(await third.said(before[0]!), before[0]!.replace('-', ' '));
  assert.equal((await third.call('reads')).ok, false, 'its secret is lost');
  writeFileSync(join(folder, 'value'), 'written anew');
  const anew = ['secret', 'update', 'api-key', '-n', 'openfaas-fn', '--from-file', join(folder, 'value')];
  assert.equal((await wherry(t, keyless, ...anew)).code, 0);
  assert.equal(await third.said('reads'), 'written anew');
});

test('a data folder without a gateway is saved directly, with its keys where that is asked for', {
  skip: fenced,
}, async (t) => {
  writeFileSync(join(folder, 'pass'), 'correct horse battery staple\n');
  const keyed = join(folder, 'keyed');
  const saved = await wherry(t, home, 'backup', keyed, '--passphrase-file', join(folder, 'pass'));
  assert.equal(saved.code, 0, saved.err);
  const verified = await wherry(t, home, 'backup', 'verify', keyed, '-o', 'json');
  assert.equal((JSON.parse(verified.out.toString()) as { keys: string }).keys, 'passphrase');
  const into = join(folder, 'full');
  assert.equal((await wherry(t, home, 'restore', keyed, '--home', into)).code, 1, 'without the passphrase');
  const args = ['restore', keyed, '--home', into, '--passphrase-file', join(folder, 'pass')];
  assert.equal((await wherry(t, home, ...args)).code, 0);
  assert.equal(
    readFileSync(join(into, 'admin.token'), 'utf8'),
    readFileSync(join(home, 'admin.token'), 'utf8'),
  );
  const refused = await wherry(t, home, ...args);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /in use already[\s\S]*--force/);

  const running = await Gateway.start(t, { home: into });
  const alongside = await wherry(t, into, 'backup', join(folder, 'alongside'), '--with-key');
  assert.equal(alongside.code, 0, alongside.err);
  assert.match(alongside.err, /every secret/);
  const overNetwork = await wherry(t, into, 'backup', join(folder, 'no'), '--with-key', '-g', running.url);
  assert.equal(overNetwork.code, 2);
  assert.match(overNetwork.err, /do not go over the network/);
  const locked = await wherry(t, into, 'restore', keyed, '--force', '--no-keys');
  assert.match(locked.err, /is used by process/);
});

test('a download that breaks off is noticed and leaves no file', { skip: fenced }, async (t) => {
  const bytes = readFileSync(file);
  // What goes wrong on the way: the connection ends half-way, or a proxy ends the answer as if it were whole.
  for (const how of ['broken', 'short'] as const) {
    const proxy = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/gzip' });
      response.write(bytes.subarray(0, bytes.length >> 1), () =>
        how === 'broken' ? response.destroy() : response.end(),
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    t.after(() => void proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const program = new Wherry(t, { WHERRY_TOKEN: 'x' });
    const child = program.start('backup', 'cut.tar.gz', '-g', url);
    child.stdin.end();
    const ran = await ended(child);
    assert.notEqual(ran.code, 0);
    assert.deepEqual(readdirSync(program.home), [], ran.err);
    const piped = await program.run(['backup', '-', '-g', url]);
    assert.notEqual(piped.code, 0, 'also when it goes to standard output');
  }
});

test('backups that are made by themselves are listed, and doctor says how old the last one is', async (t) => {
  const data = freshHome();
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const kept = join(folder, 'kept');
  const started = await Gateway.start(t, {
    home: data,
    args: ['--backup-every', '1h', '--backup-folder', kept],
  });
  const none = await wherry(t, data, 'doctor');
  assert.match(none.out.toString(), /There is no backup yet/);
  mkdirSync(kept);
  // Named as the schedule names them, and as old as it finds them.
  const name = 'wherry-2026-01-02T03-04-05Z.backup.tar.gz';
  assert.equal((await wherry(t, data, 'backup', join(kept, name))).code, 0);
  writeFileSync(join(kept, 'something else'), '');
  const list = await wherry(t, data, 'backup', 'list', '-o', 'json');
  const listed = JSON.parse(list.out.toString()) as { path: string; at: string }[];
  assert.deepEqual(
    listed.map(({ path, at }) => [path, at.slice(0, 19)]),
    [[join(kept, name), '2026-01-02T03:04:05']],
  );
  assert.match((await wherry(t, data, 'doctor')).out.toString(), /The last backup is of 2026-01-02T03:04:05/);
  await started.stop();
});

test('a gateway with a damaged database says how to go on; after a salvage what is undamaged answers', {
  skip: fenced,
}, async (t) => {
  const data = freshHome();
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const before = await Gateway.start(t, { home: data });
  for (const name of ['one', 'two', 'three'])
    await before.deploy({ name, files: { 'handler.js': `module.exports = () => '${name} is here';` } });
  await before.stop();
  const database = join(data, 'wherry.db');
  const text = readFileSync(database, 'latin1').replaceAll('"name":"two"', '"name":"tvo"');
  const damaged = Buffer.from(text, 'latin1');
  damaged.writeUInt32BE(0xffffffff, 52);
  damaged.writeUInt8(0x77, 20);
  writeFileSync(database, damaged);
  const { code, output } = await Gateway.refused({ home: data });
  assert.equal(code, 1);
  assert.match(output, /^wherry: [^\n]*wherry\.db is damaged[^\n]*Next: Run: wherry salvage[^\n]*\n$/);
  const saved = await wherry(t, data, 'salvage');
  assert.equal(saved.code, 0, saved.err);
  assert.match(
    saved.out.toString(),
    /functions +2 +1 +0\n[\s\S]*functions \["openfaas-fn","two"\]: its checksum/,
  );
  assert.match(saved.out.toString(), /The damaged file is .*wherry\.db\.damaged-/);
  const after = await Gateway.start(t, { home: data });
  assert.deepEqual(await names(after), ['one', 'three']);
  assert.equal(await after.said('three'), 'three is here');
  await after.stop();
  assert.match((await wherry(t, data, 'salvage')).out.toString(), /Nothing is damaged/);
});
