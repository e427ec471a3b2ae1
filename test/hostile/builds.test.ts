// Builds whose dependencies are out for what is not theirs. Code of a library runs in a build without being asked for, because
// bundling loads it once: that is the way in here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';
import { NpmRegistry, ownAddress } from '../e2e/npm-registry.ts';
import { Project } from '../e2e/project.ts';
import { unreachable } from '../e2e/online.ts';

const address = ownAddress();
const registry = await NpmRegistry.start({ after }, address ?? '127.0.0.1');
const env = { WHERRY_BUILD_MIRRORS: `npm=${registry.url}`, WHERRY_BUILD_DISK: '256Mi' };
const gateway = await Gateway.start({ after }, { env });
const full = /isolation +full/.test(gateway.output);
const skip =
  (address === undefined && 'this machine has no address but its loopback') ||
  (!full && 'it takes root and a full fence');

const victim = mkdtempSync(join(tmpdir(), 'victim-'));
after(() => rmSync(victim, { recursive: true, force: true }));
mkdirSync(join(victim, 'bundle'), { mode: 0o700 });
writeFileSync(join(victim, 'secret.txt'), 'root-only content', { mode: 0o600 });
writeFileSync(join(victim, 'bundle', 'secret.txt'), 'root-only content', { mode: 0o600 });

/** Deploys a function with a library that does this when it is loaded in a build. */
async function attack(project: Project, name: string, doing: string): Promise<{ code: number; err: string }> {
  await registry.publish(`evil-${name}`, {
    'index.js': `const fs = require("node:fs"); if (fs.existsSync("/build")) { const code = "/function/code"; try { ${doing} } catch (e) { console.error(e); } }`,
  });
  project.write({
    'stack.yaml': `provider: {name: openfaas}\nfunctions:\n  ${name}: {lang: node, handler: ./${name}, image: ${name}}\n`,
    [`${name}/handler.js`]: `require("evil-${name}"); module.exports = async () => "ran";`,
    [`${name}/package.json`]: `{"dependencies":{"evil-${name}":"1.0.0"}}`,
  });
  return project.wherry(['up']);
}

async function healthy(): Promise<void> {
  const from = performance.now();
  assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  assert.ok(performance.now() - from < 5_000, 'the gateway was held up');
}

test('the control: a library’s code does run in a build', { skip }, async (t) => {
  const said = await attack(
    Project.at(t, gateway),
    'control',
    'fs.writeFileSync(code + "/planted.txt", "x");',
  );
  assert.equal(said.code, 0, said.err);
});

const left: readonly (readonly [string, string, RegExp])[] = [
  [
    'link-out',
    `fs.symlinkSync("${victim}/secret.txt", code + "/stolen.txt");`,
    /a symbolic link that leads out of the folder/,
  ],
  [
    'folder-out',
    `fs.symlinkSync("${victim}", code + "/stolen");`,
    /a symbolic link that leads out of the folder/,
  ],
  [
    'fifo',
    'require("node:child_process").execFileSync("mkfifo", [code + "/.wherryignore"]);',
    /\.wherryignore, which is neither a file nor a folder/,
  ],
  ['zero', 'fs.symlinkSync("/dev/zero", code + "/.wherryignore");', /leads out of the folder|neither a file/],
  [
    'sparse',
    'for (let i = 0; i < 8; i++) { const f = fs.openSync(code + "/s" + i, "w"); fs.ftruncateSync(f, 200 << 20); fs.closeSync(f); }',
    /over its disk|more than 512 MiB/,
  ],
  [
    'tower',
    'fs.mkdirSync(code + "/b/0", { recursive: true }); for (let i = 0; i < 2000; i++) fs.writeFileSync(code + "/b/0/" + i, ""); for (let n = 1; n < 24; n++) { fs.mkdirSync(code + "/b/" + n); for (const l of "ab") fs.symlinkSync("../" + (n - 1), code + "/b/" + n + "/" + l); }',
    /more than 60000 files|folders deep/,
  ],
  ['circle', 'fs.symlinkSync(".", code + "/round");', /a symbolic link to a folder that it lies in/],
];

test('whatever a build leaves, its reader opens nothing but files of the tree, and comes to an end', {
  skip,
}, async (t) => {
  const project = Project.at(t, gateway);
  for (const [name, doing, why] of left) {
    const said = await attack(project, name, doing);
    assert.notEqual(said.code, 0, name);
    assert.match(said.err, why, name);
    await healthy();
    assert.equal((await gateway.system('GET', `/system/function/${name}`)).status, 404, name);
  }
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8'))?.[1]);
  assert.ok(rss < 600_000, `${rss} kB`);
  // All places are free again.
  assert.equal((await attack(project, 'afterwards', '')).code, 0);
});

test('links inside are what they lead to', { skip }, async (t) => {
  const said = await attack(
    Project.at(t, gateway),
    'inside',
    'fs.writeFileSync(code + "/real.txt", "real"); fs.symlinkSync("real.txt", code + "/linked.txt");',
  );
  assert.equal(said.code, 0, said.err);
});

const ruby =
  spawnSync('bundle', ['--version']).status !== 0 &&
  'Ruby and Bundler are not installed (apt-get install ruby bundler)';

test('a Gemfile, which is a program, gets nothing of the host into a package or a layer', {
  skip: skip || ruby,
}, async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  gems: {lang: ruby, handler: ./gems, image: gems}\n',
    'gems/handler.rb': 'class Handler\n  def run(req) = Dir["vendor/**/*"].join(",")\nend\n',
    'gems/Gemfile': `File.symlink("${victim}", "/function/code/vendor") unless File.exist?("/function/code/vendor")\nexit!(0)\ngem 'x'\n`,
  });
  for (let turn = 0; turn < 2; turn += 1) {
    const said = await project.wherry(['up']);
    assert.notEqual(said.code, 0);
    assert.match(said.err, /leads out of the folder/);
  }
  assert.equal(statSync(join(victim, 'secret.txt')).mode & 0o777, 0o600);
});

const flask = await unreachable('https://pypi.org/simple/flask/');

test('no file of ours is written through a link that a build has laid', {
  skip: skip || flask,
}, async (t) => {
  const project = Project.at(t, gateway);
  const target = join(victim, 'overwritten');
  writeFileSync(target, 'as it was', { mode: 0o600 });
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  bottle: {lang: python3-flask, handler: ./bottle, image: bottle, build_args: {INSTALL_SCRIPTS: "true"}}\n',
    'bottle/handler.py': 'def handle(req):\n    return "ran"\n',
    'bottle/requirements.txt': 'flask\n./evil\n',
    'bottle/evil/setup.py': `import os\nfrom setuptools import setup\nfor name in ("wherry_flask.py", "site-packages"):\n    try:\n        os.symlink("${target}", "/function/code/" + name)\n    except OSError:\n        pass\nsetup(name="evil", version="1", py_modules=[])\n`,
  });
  await project.wherry(['up']);
  assert.equal(readFileSync(target, 'utf8'), 'as it was');
  assert.equal(statSync(target).mode & 0o777, 0o600);
});

test('who deploys some functions of a namespace names no images of others', async (t) => {
  const made = (await (
    await gateway.system('POST', '/system/tokens', {
      name: 'some',
      scopes: ['deploy', 'read'],
      functions: 'a-*',
    })
  ).json()) as { token: string };
  const headers = { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' };
  const project = Project.at(t, { url: gateway.url, token: made.token });
  project.write({ 'a-x/handler.js': 'module.exports = async () => "evil";' });
  const uploaded = await project.did('deploy', 'a-x', '--from', 'a-x/handler.js', '-o', 'json');
  const { image } = JSON.parse(uploaded.out) as { image: string };
  const source = /sha256:([0-9a-f]+)/.exec(image)?.[1];
  const build = (reference: string): Promise<Response> =>
    fetch(`${gateway.url}/system/builds`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'a-x', source, image: reference }),
    });
  assert.equal((await build('docker.io/acme/a-x:1.0')).status, 200, 'the control: its own');
  assert.equal((await build('docker.io/acme/b-shop:1.0')).status, 403);
  for (const taken of [`wherry.local/a-x@sha256:${'0'.repeat(64)}`, `x/a-x@sha256:${'0'.repeat(64)}`]) {
    const said = await build(taken);
    assert.equal(said.status, 400, taken);
    assert.match(await said.text(), /means something already/);
  }
  const figlet = await gateway.system('PUT', '/system/images', {
    image: 'ghcr.io/openfaas/figlet:latest',
    package: source,
  });
  assert.equal(figlet.status, 400);
});

test('what was installed with a secret is nobody else’s', { skip }, async (t) => {
  await registry.publish('plain', { 'index.js': '' });
  const project = Project.at(t, gateway);
  const stack = (name: string, more: string): string =>
    `provider: {name: openfaas}\nfunctions:\n  ${name}: {lang: node, handler: ./${name}, image: ${name}${more}}\n`;
  const files = {
    'handler.js': 'require("plain"); module.exports = async () => "ran";',
    'package.json': '{"dependencies":{"plain":"1.0.0"}}',
  };
  for (const name of ['with', 'without', 'again'])
    for (const [path, text] of Object.entries(files)) project.write({ [`${name}/${path}`]: text });
  project.write({ 'stack.yaml': stack('with', ', build_secrets: {token: ./token}'), token: 'secret' });
  await project.did('up');
  project.write({ 'stack.yaml': stack('without', '') });
  assert.match((await project.did('up', '-v')).err, /Installing 1 dependency/);
  // The control: without one, it is known.
  project.write({
    'stack.yaml': stack('again', ''),
    'again/handler.js': `${files['handler.js']} // another`,
  });
  assert.match((await project.did('up', '-v')).err, /Dependencies have not changed/);
});

test('no manifest holds the gateway up', async (t) => {
  const project = Project.at(t, gateway);
  const long: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['blank-lines', 'ruby', { 'handler.rb': '', Gemfile: '\n'.repeat(250_000) }],
    ['blanks', 'ruby', { 'handler.rb': '', Gemfile: `${' '.repeat(4_000)}\n`.repeat(60) }],
    [
      'comments',
      'java',
      { 'Handler.java': 'class Handler {}', 'pom.xml': '<!--'.repeat(1_000).concat('\n').repeat(60) },
    ],
    [
      'dependencies',
      'java',
      { 'Handler.java': 'class Handler {}', 'pom.xml': '<dependency>\n'.repeat(19_000) },
    ],
    ['gradle', 'java', { 'Handler.java': 'class Handler {}', 'build.gradle': '\n'.repeat(250_000) }],
    [
      'handles',
      'go',
      { 'handler.go': `package f\n${'func Handle('.repeat(20_000)}`, 'go.mod': 'module x\n' },
    ],
    [
      'spaces',
      'go',
      {
        'handler.go': `package f\nfunc Handle(${' '.repeat(500_000)}`,
        'go.mod': `module${' '.repeat(4_000)}\n`.repeat(50),
      },
    ],
    [
      'requirements',
      'python',
      { 'handler.py': '', 'requirements.txt': `${'a'.repeat(4_000)}[\n`.repeat(60) },
    ],
  ];
  let slowest = 0;
  const asking = new AbortController();
  const pulse = (async () => {
    while (!asking.signal.aborted) {
      const from = performance.now();
      await (await fetch(`${gateway.url}/healthz`)).arrayBuffer();
      slowest = Math.max(slowest, performance.now() - from);
    }
  })();
  for (const [name, lang, files] of long) {
    for (const [path, text] of Object.entries(files)) project.write({ [`${name}/${path}`]: text });
    await project.wherry(['build', name, '--handler', `./${name}`, '--lang', lang]);
  }
  asking.abort();
  await pulse;
  assert.ok(slowest < 5_000, `the gateway was held up for ${slowest} ms`);
});
