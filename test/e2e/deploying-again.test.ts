import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });

test('a deploy that drops what was set says so in one line, and a slip in one of our keys is told', async (t) => {
  const project = Project.at(t, gateway);
  project.write({ 'shop.js': 'module.exports = () => "ok";' });
  const deploy = (...flags: string[]) => project.did('deploy', 'shop', '--from', 'shop.js', ...flags);
  const set = ['com.wherry.schedule=0 3 * * *', 'com.wherry.capture=all', 'team.example/owner=me'];

  const first = await deploy(...set.flatMap((one) => ['--annotation', one]), '-e', 'CURRENCY=EUR');
  assert.doesNotMatch(first.err, /No longer|no effect/);
  const same = await deploy(...set.flatMap((one) => ['--annotation', one]), '-e', 'CURRENCY=CHF');
  assert.doesNotMatch(same.err, /No longer/);

  const again = await deploy('--annotation', 'com.wherry.captur=all');
  assert.match(
    again.err,
    /No longer, since a deploy replaces everything: env\.CURRENCY, annotations\.com\.wherry\.schedule, annotations\.com\.wherry\.capture, annotations\.team\.example\/owner\n/,
  );
  assert.match(
    again.err,
    /! shop: com\.wherry\.captur has no effect: .*did you mean com\.wherry\.capture\?\n/,
  );
});

test('a stack file’s slips are told as well, and a program that is not named is refused with what to write', async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  typo: {lang: node, handler: ./typo, annotations: {com.wherry.timout: 5s}}\n',
    'typo/handler.js': 'module.exports = () => "ok";',
  });
  assert.match(
    (await project.did('up')).err,
    /typo: com\.wherry\.timout has no effect.*com\.wherry\.timeout\?/,
  );

  const other = Project.at(t, gateway);
  await other.did('new', 'tool', '--lang', 'program');
  const refused = await other.wherry(['up']);
  assert.equal(refused.code, 2, refused.all);
  assert.match(refused.err, /README\.md is none[\s\S]*fprocess: COMMAND in the stack file/);
});

test('the lines that empty lists print work as they are printed', async (t) => {
  const project = Project.at(t, gateway);
  project.write({ 'tick.js': 'module.exports = () => "ok";' });
  await gateway.system('DELETE', '/system/functions', { functionName: 'shop' });
  for (const [list, name] of [
    ['schedule', 'ticks'],
    ['topic', 'hears'],
  ] as const) {
    const { err } = await project.did(list, 'list');
    const line =
      /wherry (deploy NAME .*)$/m.exec(err)?.[1]?.replace('NAME', name).replace('PATH', 'tick.js') ?? err;
    // As a shell takes it apart: quotes hold words together.
    const words = [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''));
    await project.did(...words);
    assert.match((await project.did(list, 'list')).out, new RegExp(name));
  }
});

test('who may deploy and not read learns nothing of what was there', async () => {
  const spec = { envVars: { SECRETIVE: '1' } };
  const files = { 'handler.js': 'module.exports = () => "ok";' };
  await gateway.deploy({ name: 'quiet', files, spec });
  const { image } = (await (await gateway.system('GET', '/system/function/quiet')).json()) as {
    image: string;
  };
  const made = await gateway.system('POST', '/system/tokens', { name: 'ci', scopes: ['deploy'] });
  const { token } = (await made.json()) as { token: string };
  const again = (authorization: string, envVars: object) =>
    gateway.system('PUT', '/system/functions', { service: 'quiet', image, envVars }, { authorization });
  const blind = await again(`Bearer ${token}`, { OTHER: '1' });
  assert.deepEqual([blind.status, blind.headers.get('x-wherry-removed')], [202, null]);
  const seeing = await again(gateway.admin['authorization'] ?? '', {});
  assert.deepEqual([seeing.status, seeing.headers.get('x-wherry-removed')], [202, 'env.OTHER']);
});
