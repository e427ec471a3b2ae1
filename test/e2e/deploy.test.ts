import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });

const says = (text: string): Readonly<Record<string, string>> => ({
  'handler.js': `module.exports = () => ${JSON.stringify(text)};`,
});

interface Status {
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly availableReplicas: number;
  readonly invocationCount: number;
  readonly labels: Record<string, string>;
}

const status = async (name: string): Promise<Status> =>
  (await gateway.system('GET', `/system/function/${name}`)).json() as Promise<Status>;

test('a function that was deployed answers, and its deploy is not done before it does', async () => {
  await gateway.deploy({ name: 'first', files: says('hello') });
  assert.equal((await status('first')).availableReplicas, 1);
  assert.equal(await gateway.said('first'), 'hello');
});

test('a new version takes over, and only a version that loads', async () => {
  await gateway.deploy({ name: 'versions', files: says('one') });
  await gateway.deploy({ name: 'versions', files: says('two') });
  assert.equal(await gateway.said('versions'), 'two');

  const broken = await gateway.tryDeploy({
    name: 'versions',
    files: { 'handler.js': 'module.exports = ( => 3;' },
  });
  const said = await broken.text();
  assert.equal(broken.status, 400);
  assert.match(said, /deploy_failed/);
  assert.match(said, /handler\.js:1/, 'the place of the mistake is named');
  assert.equal(await gateway.said('versions'), 'two');

  const throwing = await gateway.tryDeploy({
    name: 'versions',
    files: { 'handler.js': 'console.log("last words"); throw new Error("no database");' },
  });
  const words = await throwing.text();
  assert.match(words, /no database/);
  assert.match(words, /last words/);
  assert.equal(await gateway.said('versions'), 'two');
});

test('a version that ends while it loads never takes over', async () => {
  await gateway.deploy({ name: 'ending', files: says('alive') });
  const response = await gateway.tryDeploy({ name: 'ending', files: { 'handler.js': 'process.exit(7);' } });
  assert.ok(response.status >= 400, String(response.status));
  assert.equal(await gateway.said('ending'), 'alive');
});

test('OpenFaaS clients deploy with PUT, hear 404, and POST', async () => {
  await gateway.deploy({ name: 'donor', files: says('lent') });
  const { image } = await status('donor');
  const deployment = { service: 'by-put', image, labels: null, annotations: null, envProcess: '' };
  assert.equal((await gateway.system('PUT', '/system/functions', deployment)).status, 404);
  assert.equal((await gateway.system('POST', '/system/functions', deployment)).status, 202);
  assert.equal((await gateway.system('PUT', '/system/functions', deployment)).status, 202);
  assert.equal(await gateway.said('by-put'), 'lent');
  assert.equal((await status('by-put')).image, image, 'the image comes back as it was sent');
  assert.equal((await status('by-put')).labels['faas_function'], 'by-put');
});

test('an image that needs an engine is refused with what to do instead', async () => {
  const response = await gateway.system('POST', '/system/functions', {
    service: 'img',
    image: 'docker.io/library/nginx:1',
  });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /image_needs_engine[\s\S]*wherry deploy/);
});

test('what is removed is gone, and a second removal says so', async () => {
  await gateway.deploy({ name: 'gone', files: says('here') });
  assert.equal((await gateway.system('DELETE', '/system/functions', { functionName: 'gone' })).status, 202);
  assert.equal((await gateway.call('gone')).status, 404);
  assert.equal((await gateway.system('GET', '/system/function/gone')).status, 404);
  assert.equal((await gateway.system('DELETE', '/system/functions', { functionName: 'gone' })).status, 404);
});

test('scaling changes how many instances take calls, and 0 lets it sleep until the next call', async () => {
  await gateway.deploy({
    name: 'scaled',
    files: { 'handler.js': 'const id = Math.random(); module.exports = async () => String(id);' },
  });
  assert.equal(
    (await gateway.system('POST', '/system/scale-function/scaled', { serviceName: 'scaled', replicas: 3 }))
      .status,
    202,
  );
  assert.equal((await status('scaled')).availableReplicas, 3);
  assert.equal((await gateway.system('POST', '/system/scale-function/scaled', { replicas: 0 })).status, 202);
  assert.equal((await status('scaled')).availableReplicas, 0);
  assert.match(await gateway.said('scaled'), /^0\./);
});

test('10,000 calls while the function is deployed 20 times: none fails', async () => {
  await gateway.deploy({ name: 'busy', files: says('v0') });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const call = (): Promise<number> =>
    new Promise((resolve) => {
      const request = http.get(`${gateway.url}/function/busy`, { agent }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      });
      request.once('error', () => resolve(0));
    });
  const seen = new Map<number, number>();
  let made = 0;
  let deploying = true;
  const caller = async (): Promise<void> => {
    while (deploying || made < 10_000) {
      made += 1;
      const code = await call();
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }
  };
  const callers = Array.from({ length: 16 }, caller);
  for (let version = 1; version <= 20; version++)
    await gateway.deploy({ name: 'busy', files: says(`v${version}`) });
  deploying = false;
  await Promise.all(callers);
  agent.destroy();
  assert.deepEqual([...seen.keys()], [200], JSON.stringify([...seen]));
  assert.ok(made >= 10_000);
  assert.equal(await gateway.said('busy'), 'v20');
});
