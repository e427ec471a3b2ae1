// Gems beside the code, as bundler installs them, made by hand: what is on the load path, and RubyGems when it is asked for.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { spawnSync } from 'node:child_process';
import { missing, ruby } from './host.fixtures.ts';
import { ask, load, started } from './ruby-in-test.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder of code with these files in it. */
function code(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'gems-')));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const version =
  missing === undefined
    ? spawnSync(ruby, ['--disable-gems', '-e', 'print RUBY_VERSION[/\\A\\d+\\.\\d+/]']).stdout.toString()
    : '';
const home = `vendor/bundle/ruby/${version}.0`;
const stub = (name: string, version: string, paths = 'lib') =>
  `# -*- encoding: utf-8 -*-\n# stub: ${name} ${version} ruby ${paths}\n\nGem::Specification.new do |s|\n  s.name = "${name}"\n  s.version = "${version}"\n  s.require_paths = ${JSON.stringify(paths.split('\0'))}\n  s.summary = "x"\n  s.authors = ["x"]\nend\n`;
const handler = (text: string) => `class Handler\n  def run(req)\n    ${text}\n  end\nend\n`;

describe('gems', { skip: missing ?? false, timeout: 60_000 }, () => {
  test('are found beside the code: their paths, compiled parts and local folders, the locked version', async () => {
    const folder = code({
      [`${home}/specifications/greeter-1.0.gemspec`]: stub('greeter', '1.0'),
      [`${home}/gems/greeter-1.0/lib/greeter.rb`]: 'module Greeter; VERSION = "1.0"; end',
      [`${home}/specifications/greeter-1.0.1.gemspec`]: stub('greeter', '1.0.1'),
      [`${home}/gems/greeter-1.0.1/lib/greeter.rb`]: 'module Greeter; VERSION = "1.0.1"; end',
      [`${home}/specifications/odd-2.0-x86_64-linux.gemspec`]: stub('odd', '2.0', 'source\0more'),
      [`${home}/gems/odd-2.0-x86_64-linux/source/odd.rb`]: 'require "odd/more"; require "odd/compiled"',
      [`${home}/gems/odd-2.0-x86_64-linux/more/odd/more.rb`]: 'module Odd; end',
      [`${home}/extensions/x86_64-linux/${version}.0/odd-2.0-x86_64-linux/odd/compiled.rb`]:
        'Odd::COMPILED = true',
      [`${home}/specifications/json-99.0.gemspec`]: stub('json', '99.0'),
      [`${home}/gems/json-99.0/lib/json.rb`]: 'module JSON; VERSION = "99.0"; end',
      'parts/mine/lib/mine.rb': 'module Mine; end',
      'Gemfile.lock':
        'PATH\n  remote: parts/mine\n  specs:\n    mine (0.1)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n' +
        '    greeter (1.0)\n    json (99.0)\n    odd (2.0)\n      greeter (~> 1.0)\n',
      'handler.rb': `%w[greeter odd mine json].each { |name| require name }\n${handler(
        '[Greeter::VERSION, Odd::COMPILED, Mine, JSON::VERSION, Object.autoload?(:Gem)].inspect',
      )}`,
    });
    const { lane } = await started('handler.rb', { code: folder });
    assert.equal((await ask(lane, '/')).body.toString(), '["1.0", true, Mine, "99.0", "rubygems"]\n');
  });

  test('RubyGems is there for who names it, and finds the same gems', async () => {
    const folder = code({
      [`${home}/specifications/greeter-1.0.gemspec`]: stub('greeter', '1.0'),
      [`${home}/gems/greeter-1.0/lib/greeter.rb`]: 'module Greeter; end',
      'function/handler.rb': `gem 'greeter', '~> 1.0'\nrequire 'greeter'\n${handler(
        "[Gem.loaded_specs['greeter'].version.to_s, Gem::Version.new('1.10') > Gem::Version.new('1.9')].inspect",
      )}`,
    });
    const { lane } = await started('function/handler.rb', { code: folder });
    assert.equal((await ask(lane, '/')).body.toString(), '["1.0", true]\n');
  });

  test('one that is nowhere is said to be missing', async () => {
    const folder = code({ 'handler.rb': "require 'no/such/gem'" });
    const loaded = await load('handler.rb', { code: folder });
    assert.deepEqual(
      [loaded.kind, loaded.message],
      ['threw', 'LoadError: cannot load such file -- no/such/gem'],
    );
    assert.match(String(loaded.detail), /handler\.rb:1/);
    assert.ok(!String(loaded.detail).includes('/wherry/'), String(loaded.detail));
  });

  test('a file of the function does not take the place of a library', async () => {
    const folder = code({
      'json.rb': 'raise "not me"',
      'own.rb': 'OWN = 1',
      'handler.rb': `require 'json'\nrequire 'own'\n${handler('JSON.generate([OWN])')}`,
    });
    const { lane } = await started('handler.rb', { code: folder });
    assert.equal((await ask(lane, '/')).body.toString(), '[1]\n');
  });
});
