// What the offline test does in a network that leads nowhere: a program of its own, given a data folder with a filled cache, and the
// project that filled it.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

const [home = '', folder = ''] = process.argv.slice(2);
const endings: (() => unknown)[] = [];
const t = { after: (end: () => unknown) => void endings.push(end) };

try {
  assert.deepEqual(Object.keys(networkInterfaces()), ['lo'], 'there is more than a loopback');
  await assert.rejects(fetch('http://192.0.2.1'), 'a route leads out');
  const gateway = await Gateway.start(t, { home });
  const project = new Project(gateway, folder);

  // With the cache that an earlier build has filled, a change of the code needs nobody.
  project.write({
    'cached/handler.js': project.read('cached/handler.js').replace('"Hello")', '"Offline, hello")'),
  });
  const changed = await project.did('up', 'cached', '-v');
  assert.match(changed.err, /Dependencies have not changed/);
  assert.equal(await gateway.said('cached', 'Ada'), 'Offline, hello, Ada!');

  for (const [name, lang, answer] of [
    ['js', 'node', /"body":"\\"hi\\""/],
    ['typed', 'typescript', /"body":"hi"/],
    ['snake', 'python', /^hi/],
    ['event', 'python3-http', /^Hello from Wherry!/],
    ['shell', 'bash', /You said: hi/],
  ] as const) {
    await project.did('new', name, '--lang', lang);
    await project.did('up', name);
    assert.match(await gateway.said(name, 'hi'), answer, name);
  }

  assert.match((await project.did('store', 'list')).out, /^mememachine/m);
  for (const name of ['figlet', 'qrcode', 'sentiment', 'mememachine'])
    await project.did('store', 'deploy', name);
  assert.match(await gateway.said('figlet', 'Hi'), /\|_\|/);
  const refused = await gateway.call('mememachine', {
    method: 'POST',
    body: '{"image":"http://example.com/a.jpg","top":"x"}',
  });
  assert.equal(refused.status, 502);

  assert.match((await project.did('list')).out, /^snake\s/m);
  assert.match((await project.did('calls')).out, /POST/);
  assert.match((await project.did('doctor')).all, /namespaces/);
  const metrics = await (await fetch(`${gateway.metricsUrl}/metrics`)).text();
  assert.match(metrics, /gateway_function_invocation_total\{.*function_name="snake\.openfaas-fn".*\} 1/);

  // What is not there is told as what it is.
  project.write({ 'cached/package.json': '{"dependencies":{"never-fetched":"1.0.0"}}' });
  const missing = await project.wherry(['up', 'cached']);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /build_failed/);
  assert.equal(await gateway.said('cached', 'Ada'), 'Offline, hello, Ada!');
  process.stdout.write('all of it works\n');
} finally {
  for (const end of endings.reverse()) await end();
}
