import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';
import { NpmRegistry, ownAddress } from './npm-registry.ts';
import { Project } from './project.ts';

const address = ownAddress();
const alone = ['--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const reason =
  address === undefined
    ? 'this machine has no address but its loopback'
    : spawnSync('unshare', [...alone, 'true']).status === 0
      ? false
      : 'a network of its own cannot be made here: it takes root, unshare and ip';

test('in a network without a route everything works that was installed', {
  skip: reason,
  timeout: 120_000,
}, async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const registry = await NpmRegistry.start(t, address ?? '');
  await registry.publish('greeter', { 'index.js': 'exports.greet = (who) => `Hello, ${who}!`;' });
  const env = { WHERRY_BUILD_MIRRORS: `npm=${registry.url}` };
  const online = await Gateway.start(t, { home, env });
  const project = Project.at(t, online);
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  cached: {lang: node, handler: ./cached, image: cached}\n',
    'cached/handler.js':
      'const { greet } = require("greeter"); module.exports = async (event) => greet(String(event.body)).replace("Hello", "Hello");',
    'cached/package.json': '{"dependencies":{"greeter":"1.0.0"}}',
  });
  await project.did('up');
  await online.stop();

  const script = join(import.meta.dirname, 'offline.fixtures.ts');
  const said = await new Promise<string>((resolve) => {
    execFile('unshare', [...alone, process.execPath, script, home, project.folder], (_, out, err) =>
      resolve(out + err),
    );
  });
  assert.match(said, /all of it works/, said);
});
