// Builds as a developer sees them: real npm, a real fence, a registry of our own.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { NpmRegistry, ownAddress } from './npm-registry.ts';
import { Project } from './project.ts';

const address = ownAddress();
const skip = address === undefined ? { skip: 'this machine has no address but its loopback' } : {};
const registry = await NpmRegistry.start({ after }, address ?? '127.0.0.1');
const mirror = { WHERRY_BUILD_MIRRORS: `npm=${registry.url}` };
const gateway = await Gateway.start({ after }, { env: mirror });
await registry.publish('greeter', { 'index.js': 'exports.greet = (who) => `Hello, ${who}!`;' });
await registry.publish(
  'scripted',
  {
    'index.js': 'exports.ran = () => require("node:fs").existsSync(__dirname + "/ran");',
    'install.js': 'require("node:fs").writeFileSync("ran", "")',
  },
  { scripts: { install: 'node install.js' } },
);

const stack = (...names: readonly string[]): string =>
  `provider: {name: openfaas}\nfunctions:\n${names.map((name) => `  ${name}: {lang: node, handler: ./${name}, image: ${name}}\n`).join('')}`;
const manifest = (dependencies: Readonly<Record<string, string>>): string => JSON.stringify({ dependencies });
const greeting =
  'const { greet } = require("greeter"); module.exports = async (event) => greet(String(event.body));';

test(
  'dependencies are installed, bundled, remembered, and not fetched again for a change of the code',
  skip,
  async (t) => {
    const project = Project.at(t, gateway);
    project.write({
      'stack.yaml': stack('hello'),
      'hello/handler.js': greeting,
      'hello/package.json': manifest({ greeter: '^1.0.0' }),
    });
    const first = await project.did('up', '-v');
    assert.match(first.err, /Installing 1 dependency with npm/);
    assert.match(first.err, /Bundled 2 modules/);
    assert.equal(await gateway.said('hello', 'Ada'), 'Hello, Ada!');

    const again = await project.did('up');
    assert.match(again.out, /^Up to date: hello {2}http/m);
    assert.doesNotMatch(again.err, /Installing/);

    const asked = registry.asked.length;
    project.write({ 'hello/handler.js': greeting.replace('greet(', '"2: " + greet(') });
    const changed = await project.did('up', '-v');
    assert.match(changed.err, /Dependencies have not changed/);
    assert.equal(await gateway.said('hello', 'Ada'), '2: Hello, Ada!');
    assert.equal(registry.asked.length, asked, 'the registry was asked again');

    const fresh = await project.did('up', '--no-cache', '-v');
    assert.match(fresh.err, /Bundled/);
  },
);

test('scripts of dependencies run only where that is asked for', skip, async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml': stack('scripts'),
    'scripts/handler.js': 'const { ran } = require("scripted"); module.exports = async () => String(ran());',
    'scripts/package.json': manifest({ scripted: '1.0.0' }),
  });
  await project.did('up');
  assert.equal(await gateway.said('scripts'), 'false');
  const allowed = await project.did('up', '-v', '--build-arg', 'INSTALL_SCRIPTS=true');
  assert.match(allowed.err, /not bundled: scripted \(looks for files beside itself\)/);
  assert.equal(await gateway.said('scripts'), 'true');
});

test('build secrets are there while it builds, and in nothing that it makes', skip, async (t) => {
  await registry.publish(
    'reader',
    {
      'index.js': 'exports.length = require("./length.json");',
      'install.js':
        'const fs = require("node:fs"); fs.writeFileSync("length.json", String(fs.readFileSync("/run/secrets/token").length))',
    },
    { scripts: { install: 'node install.js' } },
  );
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml': `${stack('secretive').replace('image: secretive', 'image: secretive, build_args: {INSTALL_SCRIPTS: "true"}, build_secrets: {token: ./token.txt}')}`,
    'token.txt': 'a-very-secret-token',
    'secretive/handler.js':
      'const fs = require("node:fs"); const { length } = require("reader"); module.exports = async () => `${length} ${fs.existsSync("/run/secrets/token")}`;',
    'secretive/package.json': manifest({ reader: '1.0.0' }),
  });
  await project.did('up');
  assert.equal(await gateway.said('secretive'), '19 false');
});

test('a build reaches the registry of its language and nothing else', skip, async (t) => {
  const heard: string[] = [];
  const elsewhere = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.end('secrets');
  });
  await new Promise<void>((done) => elsewhere.listen(0, address, done));
  t.after(() => elsewhere.close());
  const { port } = elsewhere.address() as AddressInfo;
  const sneak = (url: string): string =>
    `fetch(${JSON.stringify(url)}).then(() => process.exit(0), (e) => { console.error('Error: ' + e.cause.message); process.exit(1); })`;
  await registry.publish(
    'sneaky',
    { 'index.js': '', 'install.js': sneak(`http://${address}:${port}/`) },
    { scripts: { install: 'node install.js' } },
  );
  await registry.publish(
    'allowed',
    { 'index.js': '', 'install.js': sneak(`${registry.url}/greeter`) },
    { scripts: { install: 'node install.js' } },
  );
  const project = Project.at(t, gateway);
  const files = (dependency: string): Record<string, string> => ({
    'stack.yaml': stack('sneak'),
    'sneak/handler.js': `require("${dependency}"); module.exports = async () => "";`,
    'sneak/package.json': manifest({ [dependency]: '1.0.0' }),
  });
  project.write(files('sneaky'));
  const refused = await project.wherry(['up', '--build-arg', 'INSTALL_SCRIPTS=true']);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /The build failed \(build_failed\)/);
  assert.match(
    refused.err,
    new RegExp(`it asked for ${address}:${port}, and builds reach the registry of their language only`),
  );
  assert.deepEqual(heard, []);
  // The control: the same script, to where it may.
  project.write(files('allowed'));
  await project.did('up', '--build-arg', 'INSTALL_SCRIPTS=true');
});

test('a build that fails leaves what is deployed, and says the line that matters', skip, async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml': stack('stays'),
    'stays/handler.js': 'module.exports = async () => "first";',
    'stays/package.json': manifest({}),
  });
  await project.did('up');
  const failing: readonly (readonly [string, RegExp])[] = [
    ['{"dependencies": {"greeter": ', /package\.json: .*JSON/],
    ['[]', /package\.json is not a JSON object/],
    [manifest({ 'no-such-thing': '1.0.0' }), /404 Not Found/],
    [manifest({ greeter: '^7.0.0' }), /No matching version found for greeter@\^7\.0\.0/],
    [manifest({ 'Not A Name': '1' }), /[Ii]nvalid (?:package )?name/],
  ];
  for (const [text, why] of failing) {
    project.write({
      'stays/package.json': text,
      'stays/handler.js': 'module.exports = async () => "second";',
    });
    const said = await project.wherry(['up']);
    assert.notEqual(said.code, 0, text);
    assert.match(said.err, why);
    assert.equal(await gateway.said('stays'), 'first');
  }
});

test('a build keeps to its limits, and the gateway goes on', skip, async (t) => {
  const limits = { WHERRY_BUILD_DISK: '64Mi', WHERRY_BUILD_MEMORY: '512Mi' };
  const bounded = await Gateway.start(t, { env: { ...mirror, ...limits } });
  // Of its own: the others may take as long as they need until they have too much.
  const hurried = await Gateway.start(t, { env: { ...mirror, WHERRY_BUILD_TIME: '20s' } });
  const loops: readonly (readonly [string, string, RegExp, Gateway?])[] = [
    [
      'disk',
      'const fs = require("node:fs"); for (let i = 0; ; i++) fs.writeFileSync("f" + i, Buffer.alloc(8 << 20))',
      /over its disk \(64 MiB\)/,
    ],
    [
      'forks',
      'const { spawn } = require("node:child_process"); const more = () => { try { spawn("sleep", ["60"]).on("error", (e) => { console.error("Error: " + e.message); process.exit(1); }); } catch (e) { console.error("Error: " + e.message); process.exit(1); } setImmediate(more); }; more();',
      /EAGAIN|over its memory/,
    ],
    ['endless', 'setInterval(() => {}, 1000)', /over its time \(20 s\)/, hurried],
  ];
  for (const [name, script, why, on = bounded] of loops) {
    const project = Project.at(t, on);
    await registry.publish(
      `greedy-${name}`,
      { 'index.js': '', 'install.js': script },
      { scripts: { install: 'node install.js' } },
    );
    project.write({
      'stack.yaml': stack(name),
      [`${name}/handler.js`]: 'module.exports = async () => "";',
      [`${name}/package.json`]: manifest({ [`greedy-${name}`]: '1.0.0' }),
    });
    const said = await project.wherry(['up', '--build-arg', 'INSTALL_SCRIPTS=true']);
    assert.notEqual(said.code, 0);
    assert.match(said.err, why, name);
  }
  assert.equal((await fetch(`${bounded.url}/readyz`)).status, 200);
  const { functions } = {
    functions: (await (await bounded.system('GET', '/system/functions')).json()) as unknown[],
  };
  assert.deepEqual(functions, []);
});

test('what cannot be bundled safely is left as it is, and says why', skip, async (t) => {
  const project = Project.at(t, gateway);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'dynamic',
      'const name = "greeter"; const { greet } = require(name); module.exports = async () => greet("x");',
      /Kept as it is: handler\.js uses names of modules that it computes/,
    ],
    [
      'resolves',
      'require.resolve("greeter"); module.exports = async () => "ok";',
      /Kept as it is: handler\.js uses how modules are found/,
    ],
  ];
  for (const [name, code, why] of cases) {
    project.write({
      'stack.yaml': stack(name),
      [`${name}/handler.js`]: code,
      [`${name}/package.json`]: manifest({ greeter: '1.0.0' }),
    });
    const said = await project.did('up', '-v');
    assert.match(said.err, why);
    assert.match(await gateway.said(name), /Hello, x!|ok/);
  }
  // Files beside the code are found from the bundle too, and an error leads to the file that was written.
  project.write({
    'stack.yaml': stack('places'),
    'places/handler.js':
      'const { where, fail } = require("./lib/deep.js"); require("greeter"); module.exports = async (event) => event.path === "/fail" ? fail() : where();',
    'places/lib/deep.js':
      'const fs = require("node:fs");\nexports.where = () => fs.readFileSync(__dirname + "/note.txt", "utf8");\nexports.fail = () => {\n  throw new Error("from the deep");\n};',
    'places/lib/note.txt': 'found it',
    'places/package.json': manifest({ greeter: '1.0.0' }),
  });
  const said = await project.did('up', '-v');
  assert.match(said.err, /Bundled 3 modules/);
  assert.equal(await gateway.said('places'), 'found it');
  assert.equal((await gateway.call('places', {}, '/fail')).status, 500);
  const log = await project.did('logs', 'places');
  assert.match(log.out, /from the deep[\s\S]*lib\/deep\.js:4:9/);
});

for (const args of [
  ['--isolation', 'none'],
  ['--fence', 'util-linux', '--isolation', 'partial'],
])
  test(`builds with ${args.join(' ')}`, { ...skip, timeout: 90_000 }, async (t) => {
    const other = await Gateway.start(t, { env: mirror, args });
    const project = Project.at(t, other);
    project.write({
      'stack.yaml': `${stack('hello')}  snake: {lang: python, handler: ./snake, image: snake}\n  shell: {lang: bash, handler: ./shell, image: shell}\n`,
      'hello/handler.js': greeting,
      'hello/package.json': manifest({ greeter: '1.0.0' }),
      'snake/handler.py': 'def handle(req):\n    return req\n',
      'shell/handler.sh': '#!/bin/sh\ncat\n',
    });
    const said = await project.did('up', '-v');
    assert.match(said.err, /Bundled 2 modules/);
    assert.equal(await other.said('hello', 'Ada'), 'Hello, Ada!');
    assert.match(await other.said('snake', 'hiss'), /^hiss/);
    assert.equal(await other.said('shell', 'cat'), 'cat');
  });

test('TypeScript that Node does not take is made JavaScript', async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml': stack('typed').replace('lang: node', 'lang: typescript'),
    'typed/handler.ts':
      'enum Colour { Red = "red", Blue = "blue" }\nclass Box { constructor(private readonly inside: Colour) {} open() { return this.inside; } }\nexport async function fetch(request: Request): Promise<Response> {\n  return new Response(new Box(Colour.Blue).open());\n}\n',
  });
  await project.did('up');
  assert.equal(await gateway.said('typed'), 'blue');
});
