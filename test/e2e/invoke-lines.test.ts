// What the Invoke page gives for other tools, through a real shell: the function must see what it would have seen from the page.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  type Asked,
  nothingAsked,
  sentHeaders,
  targetOf,
} from '../../apps/dashboard/src/pages/invoke/request.ts';
import { requestLines } from '../../apps/dashboard/src/pages/invoke/request-lines.ts';
import { Gateway } from './gateway.ts';

const mirror = `module.exports = async (event, context) => context.succeed(JSON.stringify({
  method: event.method,
  url: event.path + ' ' + JSON.stringify(event.query),
  headers: event.headers,
  body: Buffer.from(event.rawBody ?? '').toString('base64'),
}));`;
const gateway = await Gateway.start({ after });
const folder = mkdtempSync(join(tmpdir(), 'wherry-lines-'));
after(() => rmSync(folder, { recursive: true, force: true }));
symlinkSync(join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs'), join(folder, 'wherry'));
await gateway.deploy({ name: 'mirror', files: { 'handler.js': mirror } });

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const of = { name: 'mirror', namespace: 'openfaas-fn' };
const hostile = `it's "q" \`id\` $(touch pwned) \${HOME} !! \\n \\ %41 @x ; | & > \n\t<é 漢 🛶>`;

/** Runs a line as somebody who pasted it would. */
function run(line: string, program = 'bash'): Promise<string> {
  const env = {
    ...process.env,
    ...{ WHERRY_TOKEN: gateway.token, WHERRY_URL: gateway.url, PATH: `${folder}:${process.env['PATH']}` },
  };
  const args = program === 'bash' ? ['-c', line] : ['--input-type=module', '-e', line];
  return new Promise((resolve, reject) => {
    const child = execFile(
      program === 'bash' ? '/bin/bash' : process.execPath,
      args,
      { cwd: folder, env },
      (error, out, err) =>
        error === null ? resolve(out) : reject(new Error(`${line}\n${err}`, { cause: error })),
    );
    child.stdin?.end();
  });
}

/** As the page sends it. */
async function sent(asked: Asked): Promise<Seen> {
  const answer = await fetch(`${gateway.url}/function/mirror${targetOf(asked)}`, {
    method: asked.method,
    headers: sentHeaders(asked).map(([name, value]): [string, string] => [name, value]),
    ...(asked.body === '' ? {} : { body: asked.body }),
  });
  return (await answer.json()) as Seen;
}

const seenBy = (text: string): Seen => JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? text) as Seen;

const requests: Readonly<Record<string, Partial<Asked>>> = {
  plain: { body: 'hello' },
  'nothing at all': {},
  json: { body: '{"a": [1, "it\'s"]}' },
  'a body that tools have meanings for': { body: '@/etc/passwd' },
  'a body that begins like a flag': { body: '--help' },
  'everything that a shell knows': {
    body: hostile,
    path: `/a b/it's/"q"/$(touch pwned)/[1-3]/{a,b}/%2F%41/é`,
    query: [
      ['q', hostile],
      ['é=&', '#'],
      ['', 'without a name'],
    ],
    headers: `X-Quote: it's "q" \`id\` $(touch pwned) !! \\\\ @x\nX-Empty:\nX-Latin: é'\\x`,
  },
  'a query that is written by hand': { path: '/x?raw=%20+&flag&a=1#f', query: [['b', '2']], body: 'x' },
  'a type of its own': { body: '{}', headers: 'content-type: text/x-own' },
  'another method': { method: 'DELETE', path: '/thing' },
  'no body': { method: 'GET', path: '/?a=b', headers: 'X-One: 1' },
};

for (const [name, part] of Object.entries(requests))
  test(`curl, the command line and fetch say the same: ${name}`, async () => {
    const asked = { ...nothingAsked, ...part };
    const lines = requestLines(of, asked, gateway.url);
    const names = ['content-type', ...sentHeaders(asked).map(([one]) => one.toLowerCase())];
    const told = ({ method, url, headers, body }: Seen) => ({
      ...{ method, url, body },
      headers: names.map((one) => [one, headers[one]]),
    });
    const wanted = told(await sent(asked));
    for (const [tool, program] of [
      ['curl', 'bash'],
      ['CLI', 'bash'],
      ['fetch', 'node'],
    ] as const) {
      const got = told(seenBy(await run(lines[tool] ?? '', program)));
      assert.deepEqual(got, wanted, `${tool}: ${lines[tool]}`);
    }
    await assert.rejects(run('test -e pwned'), 'nothing of it was run');
  });

test('files and forms', async () => {
  const name = `it's "a" \\ ,;.bin`;
  const bytes = Buffer.from([0, 255, 10, 13, 39]);
  writeFileSync(join(folder, name), bytes);
  const file = new File([bytes], name);
  const one = requestLines(of, { ...nothingAsked, kind: 'file', file }, gateway.url);
  for (const [tool, program] of [
    ['curl', 'bash'],
    ['CLI', 'bash'],
    ['fetch', 'node'],
  ] as const) {
    const { body, headers } = seenBy(await run(one[tool] ?? '', program));
    assert.deepEqual(
      [headers['content-type'], body],
      ['application/octet-stream', bytes.toString('base64')],
      tool,
    );
  }
  const parts = [
    { name: 'text', value: `@/etc/passwd;type=x ${hostile}` },
    { name: 'the file', value: '', file },
  ];
  const form = requestLines(of, { ...nothingAsked, kind: 'form', parts }, gateway.url);
  for (const [tool, program] of [
    ['curl', 'bash'],
    ['CLI', 'bash'],
    ['fetch', 'node'],
  ] as const) {
    const { body, headers } = seenBy(await run(form[tool] ?? '', program));
    const type = headers['content-type'] ?? '';
    const read = await new Response(Buffer.from(body, 'base64'), {
      headers: { 'content-type': type },
    }).formData();
    const text = (read.get('text') as string).replaceAll('\r\n', '\n');
    assert.equal(text, parts[0]?.value, tool);
    const got = read.get('the file') as File;
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), bytes, tool);
    assert.deepEqual([...read.keys()], ['text', 'the file'], tool);
    if (tool !== 'curl') assert.equal(got.name, name);
  }
  await assert.rejects(run('test -e pwned'), 'nothing of it was run');
});

test('a form is said to the command line as it is, or not at all', async () => {
  const lines = (parts: Asked['parts']) =>
    requestLines(of, { ...nothingAsked, kind: 'form', parts }, gateway.url)['CLI'];
  assert.equal(lines([]), undefined, 'no body is not an empty form');
  assert.equal(lines([{ name: 'a=b', value: 'c' }]), undefined, 'it would be the field a');
  const bytes = Buffer.from('a file');
  writeFileSync(join(folder, '@at;type=x'), bytes);
  const parts = [
    ...['@', '@@x', '-d', ';type=text/html', ''].map((value) => ({ name: 'text', value })),
    { name: '--form', value: '', file: new File([bytes], '@at;type=x', { type: 'text/plain' }) },
  ];
  const { body, headers } = seenBy(await run(lines(parts) ?? ''));
  const read = await new Response(Buffer.from(body, 'base64'), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  }).formData();
  assert.deepEqual(
    read.getAll('text'),
    parts.slice(0, -1).map(({ value }) => value),
  );
  const got = read.get('--form') as File;
  assert.deepEqual([got.name, got.type, await got.text()], ['@at;type=x', 'text/plain', 'a file']);
});

test('a form of the command line is wrong in ways that are said', async () => {
  writeFileSync(join(folder, 'here.txt'), 'x');
  for (const [line, says] of [
    ['-F name', /is no NAME=TEXT/],
    ['-F =x', /is no NAME=TEXT/],
    ['-F a=@absent.bin', /absent\.bin/],
    ['-F a=@', /there is no path/],
    ['-F a=@.', /is a folder/],
    ["-F 'a=@here.txt;type='", /is no type/],
    ["-F $'a=@here.txt;type=x\\r\\nX: y'", /is no type/],
    ['-F a=b -d c', /both the body/],
    ['-F a=b -H "Content-Type: text/plain"', /its own Content-Type/],
    ['-F a=b --content-type text/plain', /its own Content-Type/],
  ] as const)
    await assert.rejects(run(`wherry invoke mirror ${line}`), says, line);
  const piped = seenBy(await run('echo from a pipe | wherry invoke mirror -F a=@/dev/stdin'));
  assert.match(Buffer.from(piped.body, 'base64').toString(), /from a pipe/);
});

test('a form with a large file arrives whole, and goes to the queue too', async () => {
  const count = 'module.exports = async (event, context) => context.succeed(String(event.rawBody.length));';
  await gateway.deploy({ name: 'count', files: { 'handler.js': count } });
  const size = 12 * 2 ** 20;
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(size, 7));
  const counted = Number(await run('wherry invoke count -F file=@large.bin'));
  assert.ok(counted > size && counted < size + 500, String(counted));
  const answer = await run('wherry invoke mirror -F small=@here.txt --async --wait');
  assert.match(Buffer.from(seenBy(answer).body, 'base64').toString(), /filename="here\.txt"/);
});

test('a path cannot lead out of the function', () => {
  assert.equal(targetOf({ ...nothingAsked, path: '/../../system/info' }), undefined);
  assert.equal(targetOf({ ...nothingAsked, path: '/a/..%2f..' }), '/a/..%2f..');
  assert.equal(targetOf({ ...nothingAsked, path: '/../nameless' }), undefined);
  assert.equal(targetOf({ ...nothingAsked, path: '/%2e%2e/%2e%2e/x' }), undefined);
  assert.equal(targetOf({ ...nothingAsked, path: '/a/../b' }), '/b');
});
