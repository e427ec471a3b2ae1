// The book's chapter on OpenFaaS, step by step: a function from a template, its stack file as the book prints it, the store's
// mememachine answering into a file, the counts, and the query in Prometheus.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createCanvas } from '@napi-rs/canvas';
import { Gateway } from './gateway.ts';
import { ownAddress } from './npm-registry.ts';
import { Project } from './project.ts';
import { noPrometheus, prometheus, query } from './prometheus.ts';

const gateway = await Gateway.start({ after });
const project = Project.at({ after }, gateway);

/** As it stands in the book, of an older client. */
const fromTheBook = `provider:
  name: faas
  gateway: http://127.0.0.1:8080
functions:
  hello:
    lang: python
    handler: ./hello
    image: hello
`;

test('new, build, push, deploy, invoke, list', async () => {
  const made = await project.did('new', '--lang', 'python', 'hello');
  assert.match(made.out, /hello\/handler\.py[\s\S]*hello\/requirements\.txt[\s\S]*stack\.yaml/);
  assert.match(project.read('hello/handler.py'), /def handle\(req\):[\s\S]*return req/);

  for (const file of ['stack.yaml', 'hello.yml']) {
    project.write({ 'hello.yml': fromTheBook });
    const built = await project.did('build', '-f', file);
    assert.match(built.out, /^(?:Built|Up to date:) hello {2}wherry\.local\/hello@sha256:/m);
    const pushed = await project.did('push', '-f', file);
    assert.match(pushed.out, /^Kept hello/m);
    const deployed = await project.did('deploy', '-f', file);
    assert.match(deployed.out, /(?:Deployed|Updated) hello {2}http/);
    const answer = await project.wherry(['invoke', 'hello'], 'test');
    assert.deepEqual([answer.code, answer.out.trim()], [0, 'test']);
  }
  const list = await project.did('list');
  assert.match(list.out, /^hello\s+awake\s+2\b/m);
  const images = await project.did('image', 'list');
  assert.match(images.out, /^hello\s/m);
  assert.match(images.out, /^hello:latest\s/m);
});

test('to a registry it says that this comes with images', async () => {
  project.write({ 'registry.yml': fromTheBook.replace('image: hello', 'image: docker.io/me/hello:1.0') });
  const pushed = await project.did('push', '-f', 'registry.yml');
  assert.match(pushed.err, /nothing is sent to docker\.io: that comes with images/);
});

test('lang: dockerfile says what it needs', async () => {
  project.write({ 'docker.yml': fromTheBook.replace('lang: python', 'lang: dockerfile') });
  const said = await project.wherry(['up', '-f', 'docker.yml']);
  assert.equal(said.code, 1);
  assert.match(said.err, /A Dockerfile needs a container engine[\s\S]*Name the language of its code instead/);
});

const address = ownAddress();

test('the store’s mememachine answers into a file', {
  skip: address === undefined && 'this machine has no address but its loopback',
}, async (t) => {
  const [width, height] = [640, 480];
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#336699';
  context.fillRect(0, 0, width, height);
  const photo = canvas.toBuffer('image/jpeg', 90);
  const server = createServer(
    (_, response) => void response.writeHead(200, { 'content-type': 'image/jpeg' }).end(photo),
  );
  await new Promise<void>((done) => server.listen(0, address, done));
  t.after(() => server.close());
  const place = `${address}:${(server.address() as AddressInfo).port}`;
  const wanted = JSON.stringify({
    image: `http://${place}/meme.jpg`,
    top: 'One does not simply',
    bottom: 'run it without Docker',
  });

  await project.did('store', 'deploy', 'mememachine');
  const refused = await gateway.call('mememachine', { method: 'POST', body: wanted });
  assert.equal(refused.status, 502, 'a private address is no part of the internet');

  await project.did('store', 'deploy', 'mememachine', '--network', place);
  const file = join(project.folder, 'meme.jpg');
  const invoked = await new Promise<Buffer>((resolve, reject) => {
    const child = project.start(['invoke', 'mememachine', '-d', wanted]);
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('close', (code) =>
      code === 0 ? resolve(Buffer.concat(pieces)) : reject(new Error(`exit ${code}`)),
    );
  });
  writeFileSync(file, invoked);
  assert.ok(statSync(file).size > 5_000);
  const { loadImage } = await import('@napi-rs/canvas');
  const picture = await loadImage(readFileSync(file));
  assert.deepEqual([picture.width, picture.height], [width, height]);
  context.drawImage(picture, 0, 0);
  assert.ok(whites(0, height / 3) > 200, 'no text at the top');
  assert.ok(whites((height * 2) / 3, height / 3) > 200, 'no text at the bottom');
  assert.equal(whites(height * 0.4, height * 0.2), 0, 'text in the middle');

  function whites(from: number, tall: number): number {
    const { data } = context.getImageData(0, from, width, tall);
    let count = 0;
    for (let at = 0; at < data.length; at += 4)
      if (Math.min(data[at]!, data[at + 1]!, data[at + 2]!) > 240) count += 1;
    return count;
  }
});

test('the query of the book in Prometheus', { skip: noPrometheus, timeout: 60_000 }, async (t) => {
  const url = await prometheus(t, gateway.metricsUrl);
  const text = 'gateway_function_invocation_total{function_name="hello.openfaas-fn",code="200"}';
  let samples = await query(url, text);
  while (samples.length === 0) samples = await query(url, text);
  assert.equal(samples[0]?.value[1], '2');
  const rate = await query(url, 'rate(gateway_function_invocation_total{code="200"}[20s])');
  assert.ok(Array.isArray(rate));
});
