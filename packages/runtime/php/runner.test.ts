// The PHP runner as a watchdog starts it: `php index.php` in the function's folder, one process for one call.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const runner = fileURLToPath(new URL('index.php', import.meta.url));

/** `WHERRY_TEST_PHP` names another interpreter than the one on the path. */
const php = process.env.WHERRY_TEST_PHP ?? 'php';
const missing = spawnSync(php, ['--version']).status === 0 ? undefined : `there is no ${php} here`;

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A function's folder with these files in it, and the runner. */
function folder(files: Record<string, string>): string {
  const made = mkdtempSync(path.join(tmpdir(), 'php-'));
  folders.push(made);
  copyFileSync(runner, path.join(made, 'index.php'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
    writeFileSync(path.join(made, name), `<?php\n${text}\n`);
  }
  return made;
}

function call(cwd: string, input: string | Buffer = '', env: Record<string, string> = {}) {
  const done = spawnSync(php, ['index.php'], { cwd, input, env: { PATH: process.env.PATH, ...env } });
  return { code: done.status, bytes: done.stdout, out: done.stdout.toString(), log: done.stderr.toString() };
}

const handler = (body: string, namespace = 'namespace App;'): string =>
  `${namespace} class Handler { public function handle($data) { ${body} } }`;

/** What Composer writes for `"autoload": {"psr-4": {"App\\\\": "src/"}}`, in a few lines. */
const autoload = `spl_autoload_register(function ($class) {
  if (strncmp($class, 'App\\\\', 4) !== 0) return;
  $file = dirname(__DIR__) . '/src/' . strtr(substr($class, 4), '\\\\', '/') . '.php';
  if (is_file($file)) require $file;
});`;

describe('the PHP runner', { skip: missing ?? false, timeout: 60_000 }, () => {
  test('gives the body to the handler and answers with what that returns', () => {
    const cwd = folder({ 'function/src/Handler.php': handler('return "hello $data";') });
    assert.deepEqual(
      { ...call(cwd, 'you'), bytes: null },
      { code: 0, bytes: null, out: 'hello you', log: '' },
    );
  });

  for (const [file, text] of [
    ['src/Handler.php', handler('return "found";')],
    ['function/Handler.php', handler('return "found";', '')],
    ['Handler.php', handler('return "found";', '')],
    ['handler.php', 'function handle($data) { return "found"; }'],
    ['handler.php', 'namespace App; function handle($data) { return "found"; }'],
    ['handler.php', 'class Handler { public static function handle() { return "found"; } }'],
  ] as const) {
    test(`finds ${file} with ${text.slice(0, 40)}…`, () => {
      assert.equal(call(folder({ [file]: text })).out, 'found');
    });
  }

  test('what Composer installs is loaded: classes of the function and of its packages, each once', () => {
    const cwd = folder({
      'function/vendor/autoload.php': autoload,
      'function/src/Handler.php': handler('return Words\\Greeting::of($data) . \\Shared\\VERSION;'),
      'function/src/Words/Greeting.php':
        'namespace App\\Words; class Greeting { public static function of($name) { return "hello $name "; } }',
      'vendor/autoload.php': 'namespace Shared; const VERSION = 7;',
    });
    assert.equal(call(cwd, 'you').out, 'hello you 7');
  });

  test('a handler is made once, and what its file defines globally is global', () => {
    const cwd = folder({
      'vendor/autoload.php': autoload,
      'src/Handler.php': handler('return "";', 'namespace App; echo "loaded ";').replace(
        '{ public',
        '{ public function __construct() { echo "made "; } public',
      ),
    });
    assert.equal(call(cwd).out, 'loaded made ');
    const globals = folder({ 'handler.php': '$n = 3; function handle($data) { global $n; return $n; }' });
    assert.equal(call(globals).out, '3');
  });

  test('bytes come in and go out as they are', () => {
    const cwd = folder({ 'handler.php': 'function handle($data) { return strrev($data); }' });
    const bytes = Buffer.alloc(300_000);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7) % 256;
    assert.ok(call(cwd, bytes).bytes.equals(Buffer.from(bytes).reverse()));
  });

  test('arrays and objects are JSON, texts and numbers themselves, and nothing is nothing', () => {
    const cwd = folder({
      'handler.php': `class Named { public $name = 'n'; } class Text { function __toString() { return 'as text'; } }
        function handle($data) { return eval("return $data;"); }`,
    });
    for (const [code, out] of [
      ['["a" => ["ü/", 1.5, null]]', '{"a":["ü/",1.5,null]}'],
      ['[]', '[]'],
      ['new Named()', '{"name":"n"}'],
      ['new Text()', 'as text'],
      ['42', '42'],
      ['null', ''],
    ] as const)
      assert.equal(call(cwd, code).out, out, code);
    const endless = call(cwd, '["\\xff"]');
    assert.deepEqual([endless.code, endless.out, /JsonException/.test(endless.log)], [1, '', true]);
  });

  test('the request is in the environment, and what is printed comes first', () => {
    const cwd = folder({
      'handler.php':
        'function handle($data) { echo getenv("Http_Path"), " "; return $_SERVER["Http_Query"]; }',
    });
    assert.equal(call(cwd, '', { Http_Path: '/a b', Http_Query: 'x=1' }).out, '/a b x=1');
  });

  test('an exception goes to the log with its trace and all that caused it, and the process fails', () => {
    const cwd = folder({
      'handler.php':
        'function inner() { throw new LogicException("the cause"); }\n' +
        'function handle($data) { try { inner(); } catch (Exception $e) { throw new RuntimeException("boom", 0, $e); } }',
    });
    const { code, out, log } = call(cwd);
    assert.deepEqual([code, out], [1, '']);
    for (const text of ['RuntimeException: boom', 'LogicException: the cause', 'handler.php:2', 'inner()'])
      assert.ok(log.includes(text), `${text} in ${log}`);
  });

  test('errors of every kind are for the log, not for the caller', () => {
    for (const [body, code, text] of [
      ['return undefined_function();', 1, /undefined function/],
      ['return "never"; }} {', 1, /ParseError.*handler\.php:2/],
      ['ini_set("memory_limit", "8M"); return str_repeat("x", 1 << 25);', 255, /Allowed memory size/],
      ['return "good" . @$none . $nothing;', 0, /Undefined variable/],
      ['exit(3);', 3, /^$/],
    ] as const) {
      const done = call(folder({ 'handler.php': `function handle($data) { ${body} }` }));
      assert.equal(done.code, code, body);
      assert.match(done.log, text);
      assert.equal(done.out, code === 0 ? 'good' : '', body);
    }
  });

  test('says what it looks for where there is no handler', () => {
    for (const files of [{}, { 'handler.php': 'class Handler {}' }]) {
      const { code, log } = call(folder(files));
      assert.equal(code, 1);
      assert.match(log, /^there is no handler: App\\Handler or Handler .*src\/Handler\.php.*\n$/);
    }
  });
});
