// The store, from listing to calling; and catalogues that do not say the truth.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archive } from './archive.ts';
import { freshHome, Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });

test('every function of the bundled catalogue can be deployed and called', async (t) => {
  const project = Project.at(t, gateway);
  const listed = await project.did('store', 'list', '-o', 'json');
  const functions = JSON.parse(listed.out) as {
    name: string;
    digest: string;
    permissions: { network: string };
  }[];
  const names = functions.map(({ name }) => name);
  const expected = [
    'env',
    'shasum',
    'cat',
    'figlet',
    'nodeinfo',
    'markdown',
    'sleep',
    'printer',
    'certinfo',
    'cows',
    'qrcode',
    'colorise',
    'sentiment',
    'mememachine',
  ];
  assert.deepEqual(
    expected.filter((name) => !names.includes(name)),
    [],
  );
  for (const { name, digest } of functions) assert.match(digest, /^[0-9a-f]{64}$/, name);
  const network = Object.fromEntries(functions.map(({ name, permissions }) => [name, permissions.network]));
  assert.deepEqual([network['mememachine'], network['figlet']], ['internet', 'none']);

  const answers: Readonly<Record<string, readonly [string, RegExp]>> = {
    env: ['', /Http_Method=POST/],
    shasum: ['hello', /^9b71d224bd62f3785d96d46ad3ea3d73/],
    cat: ['hello', /^hello$/],
    figlet: ['Hi', /\| \|_\| \| \|/],
    nodeinfo: ['', /Hostname: function/],
    markdown: ['# Hi', /<h1>Hi<\/h1>/],
    cows: ['moo', /\( moo \)\n -----/],
    qrcode: ['hello', /PNG/],
    sentiment: ['wonderful', /"polarity":0\.5/],
  };
  for (const [name, [body, expectedAnswer]] of Object.entries(answers)) {
    const said = await project.did('store', 'deploy', name);
    assert.match(said.err, /asks for no network/);
    assert.match(await gateway.said(name, body), expectedAnswer);
  }
  assert.equal((await gateway.call('sentiment', { method: 'POST', body: 'x'.repeat(2 ** 21) })).status, 413);
});

test('what an entry asks for is shown before it is deployed', async (t) => {
  const project = Project.at(t, gateway);
  const looked = await project.did('store', 'describe', 'mememachine');
  assert.match(looked.out, /Asks for: +the internet: public addresses only/);
  assert.match(looked.out, /wherry invoke mememachine -d '\{"image"/);
  const dry = await project.did('store', 'deploy', 'mememachine', '--dry-run');
  assert.match(dry.all, /asks for the internet/);
  assert.equal((await gateway.system('GET', '/system/function/mememachine')).status, 404);
  const done = await project.did('store', 'deploy', 'mememachine', '--name', 'memes');
  assert.match(done.err, /asks for the internet/);
  const status = (await (await gateway.system('GET', '/system/function/memes')).json()) as {
    annotations: Record<string, string>;
  };
  assert.equal(status.annotations['com.wherry.network'], 'internet');
  const unknown = await project.wherry(['store', 'deploy', 'fliglet']);
  assert.equal(unknown.code, 3);
  assert.match(unknown.err, /did you mean figlet\?/);
});

const code = { 'handler.js': 'module.exports = async () => "from the store";' };
const packed = await archive({ runtime: 'node', entry: 'handler.js', signature: 'auto' }, code);
const digest = createHash('sha256').update(packed).digest('hex');
const entry = (name: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  name,
  title: name,
  description: 'one of ours',
  package: { url: 'own.tar.gz', digest, bytes: packed.length },
  permissions: { network: 'none' },
  ...more,
});

test('a catalogue of one’s own gives packages, and none that is not what it says', async (t) => {
  const folder = freshHome();
  const lies = [
    entry('honest'),
    entry('other-digest', { package: { url: 'own.tar.gz', digest: '0'.repeat(64), bytes: packed.length } }),
    entry('smaller', { package: { url: 'own.tar.gz', digest: '1'.repeat(64), bytes: packed.length - 1 } }),
    entry('larger', { package: { url: 'own.tar.gz', digest: '2'.repeat(64), bytes: packed.length + 1 } }),
    entry('sneaky', { annotations: { 'com.wherry.network': 'internet' } }),
    entry('watched', { annotations: { 'com.wherry.debug': '9229' } }),
    entry('climbing', { package: { url: '../../../../etc/passwd', digest: '3'.repeat(64), bytes: 10 } }),
    entry('missing', { package: { url: 'nothing.tar.gz', digest: '4'.repeat(64), bytes: 10 } }),
    entry('engine', { package: undefined, images: { x86_64: 'ghcr.io/somebody/image:latest' } }),
  ];
  writeFileSync(join(folder, 'own.tar.gz'), packed);
  writeFileSync(join(folder, 'catalogue.json'), JSON.stringify({ version: '0.2.1', functions: lies }));
  const own = await Gateway.start(t, { env: { WHERRY_STORE_CATALOGUE: join(folder, 'catalogue.json') } });
  const project = Project.at(t, own);
  await project.did('store', 'deploy', 'honest');
  assert.equal(await own.said('honest'), 'from the store');
  const refused: Readonly<Record<string, RegExp>> = {
    'other-digest': /entry_lied[\s\S]*has the digest/,
    smaller: /entry_lied[\s\S]*has \d+ bytes/,
    larger: /entry_lied[\s\S]*has \d+ bytes/,
    sneaky: /entry_lied[\s\S]*ask for the network internet, and its permissions say none/,
    watched: /entry_lied[\s\S]*com\.wherry\.debug/,
    climbing: /store_unusable[\s\S]*not beside the catalogue/,
    missing: /store_unusable[\s\S]*there is no nothing\.tar\.gz/,
    engine: /image_needs_engine/,
  };
  for (const [name, why] of Object.entries(refused)) {
    const said = await project.wherry(['store', 'deploy', name]);
    assert.notEqual(said.code, 0, name);
    assert.match(said.err, why, name);
    assert.equal((await own.system('GET', `/system/function/${name}`)).status, 404);
  }
});

test('a catalogue at an address is held to its own server', async (t) => {
  let origin = '';
  const server = createServer((request, response) => {
    if (request.url === '/own.tar.gz') return void response.end(packed);
    if (request.url === '/moved.tar.gz')
      return void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    const functions = [
      entry('near'),
      entry('far', { package: { url: 'http://127.0.0.1:1/own.tar.gz', digest: '5'.repeat(64), bytes: 5 } }),
      entry('moved', { package: { url: 'moved.tar.gz', digest: '6'.repeat(64), bytes: 5 } }),
    ];
    response.end(request.url === '/broken.json' ? '{"functions": 5}' : JSON.stringify({ functions }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = await Gateway.start(t, { env: { WHERRY_STORE_CATALOGUE: `${origin}/functions.json` } });
  const project = Project.at(t, own);
  await project.did('store', 'deploy', 'near');
  assert.equal(await own.said('near'), 'from the store');
  assert.match(
    (await project.wherry(['store', 'deploy', 'far'])).err,
    /on another server than the catalogue/,
  );
  assert.match(
    (await project.wherry(['store', 'deploy', 'moved'])).err,
    /it leads elsewhere: http:\/\/169\.254/,
  );
  const broken = await Gateway.start(t, { env: { WHERRY_STORE_CATALOGUE: `${origin}/broken.json` } });
  const said = await Project.at(t, broken).wherry(['store', 'list']);
  assert.match(said.err, /store_unusable[\s\S]*no list "functions"/);
});
