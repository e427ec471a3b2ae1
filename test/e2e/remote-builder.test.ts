// faas-cli's remote builder, as a stock client speaks it: an archive with a signature, lines of JSON, a deploy by the image's name.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { create } from 'tar';
import { seal } from '@wherry/build/context/sealed-box';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });

type Files = Readonly<Record<string, string>>;

/** The archive that the client makes: `context/`, and beside it what is wanted. */
async function upload(config: unknown, context: Files, more: Files = {}, links: Files = {}): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'remote-build-'));
  const files: Files = {
    ...(config === undefined ? {} : { 'com.openfaas.docker.config': JSON.stringify(config) }),
    ...Object.fromEntries(Object.entries(context).map(([path, text]) => [`context/${path}`, text])),
    ...more,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path));
  const pieces: Buffer[] = [];
  for await (const piece of create({ cwd: folder, portable: true }, [
    '.',
  ]) as unknown as AsyncIterable<Buffer>)
    pieces.push(piece);
  rmSync(folder, { recursive: true, force: true });
  return Buffer.concat(pieces);
}

function secret(): string {
  return readFileSync(join(gateway.home, 'payload.secret'), 'utf8').trim();
}

const sign = (body: Uint8Array, key: string): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

async function send(
  body: Buffer,
  signature: string | undefined,
  accept = 'application/x-ndjson',
): Promise<Response> {
  return fetch(`${gateway.url}/build`, {
    method: 'POST',
    headers: {
      'content-type': 'application/octet-stream',
      accept,
      ...(signature === undefined ? {} : { 'x-build-signature': signature }),
    },
    body: body as Uint8Array<ArrayBuffer>,
  });
}

interface Line {
  readonly log: readonly string[];
  readonly image?: string;
  readonly status: string;
  readonly error?: string;
}

async function built(body: Buffer): Promise<{ last: Line; log: string }> {
  const response = await send(body, sign(body, secret()));
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { last: lines.at(-1) as Line, log: lines.flatMap(({ log }) => log).join('\n') };
}

const nodeTemplate: Files = {
  'template.yml': 'language: node20\nfprocess: node index.js\n',
  Dockerfile:
    'FROM node:20-alpine\nENV mode="http" upstream_url="http://127.0.0.1:3000" fprocess="node index.js"\n',
  'index.js': 'throw new Error("the frame of the template is not used");',
  'function/handler.js':
    'module.exports = async (event, context) => context.status(200).succeed("built: " + event.body);',
  'function/package.json': '{"name":"function","dependencies":{}}',
};
const deploy = (service: string, image: string): Promise<Response> =>
  gateway
    .system('PUT', '/system/functions', { service, image })
    .then((first) =>
      first.status === 404 ? gateway.system('POST', '/system/functions', { service, image }) : first,
    );

test('nothing is built without the signature of the payload secret, whose file only its owner reads', async () => {
  const body = await upload({ image: 'hello:latest' }, nodeTemplate);
  const refused: readonly (string | undefined)[] = [
    undefined,
    'sha256=00',
    `sha256=${'0'.repeat(64)}`,
    sign(body, 'guess'),
    sign(body, ''),
  ];
  for (const signature of refused) {
    const response = await send(body, signature);
    assert.equal(response.status, 401, String(signature));
    assert.match(await response.text(), /\(bad_signature\)/);
  }
  assert.equal(statSync(join(gateway.home, 'payload.secret')).mode & 0o777, 0o600);
  assert.ok(secret().length >= 43);
  // Signed for other bytes.
  const other = await upload({ image: 'other:latest' }, nodeTemplate);
  assert.equal((await send(other, sign(body, secret()))).status, 401);
});

test('a function of a template is built, and deployed by the name of its image', async () => {
  const { last } = await built(
    await upload({ image: 'docker.io/me/hello:1.0', skipPush: true }, nodeTemplate),
  );
  assert.deepEqual([last.status, last.image], ['success', 'docker.io/me/hello:1.0']);
  assert.equal((await deploy('hello', 'docker.io/me/hello:1.0')).status, 202);
  assert.equal(await gateway.said('hello', 'x'), 'built: x');
  const status = (await (await gateway.system('GET', '/system/function/hello')).json()) as { image: string };
  assert.equal(status.image, 'docker.io/me/hello:1.0');

  // The same name, built anew: what runs stays, and the next deploy takes it.
  const changed = {
    ...nodeTemplate,
    'function/handler.js': 'module.exports = async (event, context) => context.succeed("2");',
  };
  await built(await upload({ image: 'docker.io/me/hello:1.0' }, changed));
  assert.equal(await gateway.said('hello', 'x'), 'built: x');
  assert.equal((await deploy('hello', 'docker.io/me/hello:1.0')).status, 202);
  assert.equal(await gateway.said('hello', 'x'), '2');
});

test('a template that we do not know runs by what its Dockerfile says', async () => {
  const own: Files = {
    'template.yml': 'language: my-own\n',
    Dockerfile: [
      'ARG BASE=node:22',
      'FROM --platform=linux/amd64 ghcr.io/openfaas/of-watchdog:0.11 AS watchdog',
      'FROM ${BASE} AS ship',
      'COPY --from=watchdog /fwatchdog /usr/bin/fwatchdog',
      'RUN apk add imagemagick && adduser -D app',
      'ENV fprocess="node server.js" \\',
      '    mode=http',
      'ENV upstream_url http://127.0.0.1:4000',
      'CMD ["fwatchdog"]',
    ].join('\n'),
    'server.js':
      'require("node:http").createServer((q, r) => r.end(require("./function/handler.js")(q.url))).listen(4000, "127.0.0.1");',
    'function/handler.js': 'module.exports = (url) => `own template at ${url}`;',
  };
  const { last, log } = await built(await upload({ image: 'own:latest' }, own));
  assert.equal(last.status, 'success', last.error);
  assert.match(log, /Not done, because there is no engine: RUN apk add imagemagick/);
  assert.equal((await deploy('own', 'own:latest')).status, 202);
  assert.equal(await (await gateway.call('own', {}, '/a')).text(), 'own template at /a');
});

test('an answer in one piece for clients that want no stream', async () => {
  const body = await upload({ image: 'whole:latest' }, nodeTemplate);
  const response = await send(body, sign(body, secret()), 'application/json');
  const answer = (await response.json()) as Line;
  assert.deepEqual([response.status, answer.status, answer.image], [200, 'success', 'whole:latest']);
});

test('archives that are not what they should be are refused with the reason', async () => {
  const refused: readonly (readonly [Buffer, RegExp])[] = [
    [
      Buffer.from('no archive at all, but long enough to be looked at as one. '.repeat(20)),
      /cannot be unpacked|no com\.openfaas\.docker\.config/,
    ],
    [await upload(undefined, nodeTemplate), /no com\.openfaas\.docker\.config/],
    [await upload({ image: '' }, nodeTemplate), /"image" is missing/],
    [await upload({ image: 'x', buildArgs: { A: 1 } }, nodeTemplate), /"buildArgs" is no map of texts/],
    [await upload({ image: 'x' }, {}), /no files in context/],
    [await upload({ image: 'NOT AN IMAGE' }, nodeTemplate), /no reference of an image/],
    [
      await upload({ image: 'x' }, nodeTemplate, { 'com.openfaas.secrets': 'no json' }),
      /com\.openfaas\.secrets is no JSON/,
    ],
    [
      await upload({ image: 'x' }, nodeTemplate, { 'com.openfaas.secrets': '{"npm":"bm90IGEgYm94"}' }),
      /was not sealed for this gateway/,
    ],
  ];
  for (const [body, why] of refused) {
    const response = await send(body, sign(body, secret()));
    const text = await response.text();
    assert.equal(response.status, 400, `${why}: ${text}`);
    assert.match(text, why);
  }
});

test('a link in an archive leads nowhere', async () => {
  const body = await upload(
    { image: 'links:latest' },
    nodeTemplate,
    {},
    { 'context/function/passwd': '/etc/passwd' },
  );
  const { last } = await built(body);
  assert.equal(last.status, 'success');
  await deploy('links', 'links:latest');
  const code =
    'module.exports = async (event, context) => context.succeed(require("node:fs").readdirSync(__dirname).join());';
  await built(
    await upload(
      { image: 'links:latest' },
      { ...nodeTemplate, 'function/handler.js': code },
      {},
      { 'context/function/passwd': '/etc/passwd' },
    ),
  );
  await deploy('links', 'links:latest');
  assert.equal(await gateway.said('links'), 'handler.js,package.json');
});

test('build secrets are sealed for the key that the gateway shows', async () => {
  const key = (await (await fetch(`${gateway.url}/publickey`)).json()) as Record<string, string>;
  assert.equal(key['algorithm'], 'nacl/box');
  const box = seal(Buffer.from('the-npm-token'), Buffer.from(key['public_key'] ?? '', 'base64'));
  const secrets = JSON.stringify({ npm: Buffer.from(box).toString('base64') });
  const { last } = await built(
    await upload({ image: 'sealed:latest' }, nodeTemplate, { 'com.openfaas.secrets': secrets }),
  );
  assert.equal(last.status, 'success');
});

test('what the command line seals is unsealed by the private key, and by nobody else', async (t) => {
  const project = Project.at(t, undefined);
  await project.did('secret', 'keygen');
  await project.did('secret', 'keygen', '--to', 'other');
  project.write({ npmrc: '//registry/:_authToken=x\n' });
  await project.did('secret', 'seal', 'key.pub', '--from-literal', 'a=b=c', '--from-file', 'npmrc=npmrc');
  assert.match((await project.did('secret', 'unseal')).out, /^a=b=c\nnpmrc=\/\/registry/);
  assert.match((await project.wherry(['secret', 'unseal', '--key', 'other'])).err, /sealed for another key/);
  assert.equal(statSync(join(project.folder, 'key')).mode & 0o777, 0o600);
  assert.match((await project.wherry(['secret', 'keygen'])).err, /EEXIST|exists/);
  assert.match((await project.did('secret', 'generate')).out, /^[\w-]{43}\n$/);
});

test('the name of an image means in a namespace what that namespace says', async () => {
  await gateway.system('POST', '/system/namespace/', { name: 'team', annotations: { openfaas: '1' } });
  await built(await upload({ image: 'shared:latest' }, nodeTemplate));
  const own = await built(
    await upload(
      { image: 'unused:latest' },
      { ...nodeTemplate, 'function/handler.js': 'module.exports = async (e, c) => c.succeed("the team’s");' },
    ),
  );
  assert.equal(own.last.status, 'success');
  const images = (await (await gateway.system('GET', '/system/images')).json()) as {
    image: string;
    package: string;
  }[];
  const digest = images.find(({ image }) => image === 'unused:latest')?.package;
  await gateway.system('PUT', '/system/images', {
    image: 'shared:latest',
    namespace: 'team',
    package: digest,
  });
  await gateway.system('POST', '/system/functions', { service: 'both', image: 'shared:latest' });
  await gateway.system('POST', '/system/functions', {
    service: 'both',
    image: 'shared:latest',
    namespace: 'team',
  });
  assert.equal(await gateway.said('both', 'x'), 'built: x');
  assert.equal(await gateway.said('both.team', 'x'), 'the team’s');
});
