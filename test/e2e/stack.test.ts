import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });
const project = freshHome();
after(() => rmSync(project, { recursive: true, force: true }));

const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');

/** The command line in the project's folder, against the gateway of this test. */
function wherry(
  line: string,
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const own = {
      PATH: process.env['PATH'] ?? '',
      HOME: project,
      WHERRY_URL: gateway.url,
      WHERRY_TOKEN: gateway.token,
    };
    execFile(
      process.execPath,
      [launcher, ...line.split(' ')],
      { cwd: project, env: { ...own, ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const write = (path: string, text: string): void => {
  mkdirSync(join(project, path, '..'), { recursive: true });
  writeFileSync(join(project, path), text);
};

write(
  'shop/handler.js',
  'module.exports = async (event, context) => context.succeed(`${process.env.GREETING} ${process.env.WHO}`);',
);
write(
  'mail/handler.py',
  'import os\ndef handle(event, context):\n    return {"statusCode": 200, "body": os.environ["WHO"]}\n',
);
write('env.yml', 'environment:\n  WHO: from the file\n');
write(
  'stack.yaml',
  `version: 1.0
provider:
  name: openfaas
  gateway: http://127.0.0.1:8080
functions:
  shop:
    lang: node20
    handler: ./shop
    image: \${REGISTRY:-docker.io/me}/shop:latest
    environment:
      GREETING: hello
      WHO: inline
    environment_file:
      - env.yml
    labels:
      com.openfaas.scale.min: 1
  mail:
    lang: python3-http
    handler: ./mail
    image: me/mail:latest
    environment:
      WHO: \${WHO:-nobody}
`,
);

test('a stack file is planned, deployed, seen to be as planned, and removed', async () => {
  const before = await wherry('plan --exit-code');
  assert.equal(before.code, 9, before.err);
  assert.match(before.out, /^\+ shop is new\n\+ mail is new\n$/);

  const deployed = await wherry('deploy', { WHO: 'somebody' });
  assert.equal(deployed.code, 0, deployed.err);
  assert.match(
    deployed.out,
    /^Deployed mail {2}http.*\/function\/mail\nDeployed shop {2}http.*\/function\/shop\n$/,
  );
  assert.equal(await gateway.said('shop'), 'hello from the file', 'a file counts more than what is inline');
  assert.equal(await gateway.said('mail'), 'somebody');

  const same = await wherry('plan --exit-code', { WHO: 'somebody' });
  assert.deepEqual([same.code, same.out], [0, '= shop stays as it is\n= mail stays as it is\n'], same.err);

  write('mail/handler.py', 'def handle(event, context):\n    return {"statusCode": 200, "body": "new"}\n');
  const drift = await wherry('plan -o json', { WHO: 'somebody else' });
  const [shop, mail] = JSON.parse(drift.out) as {
    action: string;
    changes: { field: string; from: string; to: string }[];
  }[];
  assert.deepEqual([shop?.action, mail?.action], ['nothing', 'change']);
  assert.deepEqual(
    mail?.changes.map(({ field }) => field),
    ['image', 'envVars.WHO'],
  );

  const some = await wherry('deploy --filter m* -e WHO=flag', {});
  assert.match(some.out, /^Updated mail {2}[^\n]*\n$/);
  assert.equal(await gateway.said('mail'), 'new');

  assert.equal(
    (await wherry('remove -f stack.yaml --dry-run')).out,
    'Would remove shop\nWould remove mail\n',
  );
  assert.equal(await gateway.said('shop'), 'hello from the file');
  assert.equal((await wherry('remove -f stack.yaml --regex ^shop$')).out, 'Removed shop\n');
  const rest = await wherry('remove -f stack.yaml');
  assert.equal(rest.out, 'Removed mail\n');
  assert.match(rest.err, /shop was not deployed/);
});

test('what is wrong is told with line, column and the line itself, and nothing is sent', async () => {
  write('broken.yaml', 'functions:\n  shop:\n    handler: ./shop\n    enviroment:\n      A: b\n');
  const ran = await wherry('deploy -f broken.yaml');
  assert.equal(ran.code, 2);
  assert.match(ran.err, /broken\.yaml:4:5: functions\.shop: "enviroment" is not known here/);
  assert.match(ran.err, /next +Did you mean environment\?/);
  assert.match(ran.err, /4 \| {5}enviroment:/);
  assert.equal((await wherry('deploy -f nowhere.yaml')).code, 1);
  assert.equal((await wherry('deploy --filter nothing-like-it')).code, 2);
  assert.equal((await wherry('deploy --regex (')).code, 2);
});

test('one function that fails keeps no other from being deployed, and is told', async () => {
  write('bad/handler.js', 'module.exports = ( =>');
  write(
    'two.yaml',
    'functions:\n  bad: {lang: node, handler: ./bad}\n  good: {lang: node, handler: ./shop, environment: {WHO: me}}\n',
  );
  const ran = await wherry('deploy -f two.yaml');
  assert.equal(ran.code, 6, ran.err);
  assert.match(ran.out, /^Deployed good/);
  assert.match(ran.err, /bad was not deployed[\s\S]*deploy_failed/);
  assert.equal((await wherry('deploy -f two.yaml --dry-run --filter good')).code, 0);
});

test('what is copied lies in each function at its place; nothing from outside of the project does', async () => {
  write('common/data.txt', 'shared data');
  write(
    'reader/handler.js',
    "module.exports = (event, context) => context.succeed(require('fs').readFileSync('common/data.txt', 'utf8'));",
  );
  const stack = (copy: string) => `version: 1.0
provider: { name: openfaas }
functions:
  reader: { lang: node, handler: ./reader }
configuration:
  copy: [${copy}]
`;
  write('copy.yaml', stack('./common'));
  assert.equal((await wherry('deploy -f copy.yaml')).code, 0);
  assert.equal(await gateway.said('reader'), 'shared data');
  for (const outside of ['../common', '/etc', '.']) {
    write('outside.yaml', stack(outside));
    const refused = await wherry('deploy -f outside.yaml');
    assert.equal(refused.code, 2, outside);
    assert.match(refused.err, /is not inside the project/);
  }
});

test('a stack file may lie at an address; one that cannot be had is told with the reason', async (t) => {
  const text =
    'provider: { name: openfaas }\nfunctions:\n  fetched: { image: functions/alpine, fprocess: cat }\n';
  const server = createServer((request, response) => {
    if (request.url === '/stack.yml') response.end(text);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  assert.equal((await wherry(`deploy -f ${at}/stack.yml`)).code, 0);
  assert.equal(await gateway.said('fetched', 'hi'), 'hi');
  assert.match((await wherry(`deploy -f ${at}/none.yml`)).err, /cannot be fetched[\s\S]*404/);
  assert.match(
    (await wherry('deploy -f http://127.0.0.1:64999/x.yml')).err,
    /cannot be fetched[\s\S]*ECONNREFUSED/,
  );
});

test('a folder that a program of the machine works on needs no entry', async () => {
  write('api/server.js', "require('http').createServer((q, r) => r.end('served')).listen(process.env.PORT)");
  write(
    'program.yaml',
    'provider: { name: openfaas }\nfunctions:\n  api:\n    lang: process\n    handler: ./api\n    fprocess: node server.js\n    environment: { mode: http }\n',
  );
  const ran = await wherry('deploy -f program.yaml');
  assert.equal(ran.code, 0, ran.err);
  assert.equal(await gateway.said('api'), 'served');
});
