// Mistakes in rules, files and silences, as people make them: each is told, and none has half an effect.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cli } from './command-line.ts';
import { Gateway } from './gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'wherry-mistakes-'));
/** What gives a program a terminal. */
const noScript = spawnSync('script', ['--version']).status === 0 ? false : 'there is no script(1)';
after(() => rmSync(folder, { recursive: true, force: true }));

test('a key that means nothing is refused with the one that was meant, and nothing of the file is applied', {
  timeout: 120_000,
}, async (t) => {
  const gateway = await Gateway.start(t);
  const wherry = cli(gateway, folder);
  for (const [yaml, said] of [
    ['rules:\n  p95: { treshold: 5 }', /rules\.p95: treshold: not known here; did you mean threshold\?/],
    [
      'rules:\n  fine: { query: vector(1) }\n  mine: { query: vector(1), nonsense: 1 }',
      /rules\.mine: nonsense: not known here; there are query, logs/,
    ],
    [
      'rules:\n  lost: { logs: { patern: x } }',
      /rules\.lost: logs\.patern: not known here; did you mean pattern\?/,
    ],
    [
      'channels:\n  ops: { kind: slack, urlfile: x }',
      /channels\.ops\.urlfile: not known here; did you mean urlFile\?/,
    ],
  ] as const) {
    writeFileSync(join(folder, 'alerts.yaml'), yaml);
    for (const flags of [[], ['--dry-run']]) {
      const ran = await wherry('alerts', 'apply', ...flags);
      assert.deepEqual([ran.code, ran.out], [2, ''], yaml);
      assert.match(ran.err, said);
    }
  }
  assert.doesNotMatch((await wherry('alerts', 'rules')).out, /fine|mine/);
  // What only the gateway can tell, of whichever is last.
  const hook = 'hook: { kind: slack, url: "https://hooks.example/x" }';
  for (const [yaml, said] of [
    [
      `rules:\n  p95: { threshold: 3 }\n  fine: { query: vector(1) }\n  mine: { query: 'sum(' }\nchannels:\n  ${hook}`,
      /rules\.mine: the query: /,
    ],
    [
      `rules:\n  fine: { query: vector(1) }\nchannels:\n  ${hook}\n  inward: { kind: slack, url: "http://127.0.0.1:1/" }`,
      /channels\.inward: /,
    ],
    [`rules:\n  fine: { query: vector(1) }\n  p95: { for: soon }\nchannels:\n  ${hook}`, /rules\.p95: for: /],
    ['rules:\n  fine: { query: vector(1) }\n  No: { query: vector(1) }', /rules: "No" cannot name one/],
    ['channels:\n  fine: { kind: pigeon }', /channels\.fine: kind: "pigeon" is none of/],
  ] as const) {
    writeFileSync(join(folder, 'alerts.yaml'), yaml);
    for (const flags of [[], ['--dry-run']]) {
      const ran = await wherry('alerts', 'apply', ...flags);
      assert.deepEqual([ran.code === 0, ran.out], [false, ''], yaml);
      assert.match(ran.err, said);
    }
  }
  const kept = (await wherry('alerts', 'rules')).out;
  assert.doesNotMatch(kept, /fine|mine/);
  assert.match(kept, /p95 of a function above 2 s/);
  assert.deepEqual(JSON.parse((await wherry('alerts', 'channels', '-o', 'json')).out), []);
  const put = (path: string, body: unknown) => gateway.system('PUT', `/system/alerts/${path}`, body);
  assert.equal((await put('rules/p95', { treshold: 5 })).status, 400, 'also by the API');
  assert.equal((await put('channels/x', { kind: 'slack', url: 'https://a.example', form_: 1 })).status, 400);
  const silence = { matchers: ['alertname=p95'], fro: '1h' };
  assert.equal((await gateway.system('POST', '/system/alerts/silences', silence)).status, 400);

  const log = await wherry('alerts', 'rule', 'add', 'p95', '--log', 'x');
  assert.deepEqual([log.code, log.out], [2, '']);
  assert.match(log.err, /p95 came with Wherry/);
  const above = await wherry('alerts', 'rule', 'add', 'p95', '--above', '5');
  assert.equal(above.code, 0, above.err);
  const back = await wherry('alerts', 'rule', 'remove', 'p95', '--dry-run');
  assert.equal(back.out, 'Would put rule p95 back as it came\n');
  assert.equal((await wherry('alerts', 'rule', 'remove', 'p95')).out, 'p95 is as it came again\n');
});

test('who adds a rule hears what it gives now', { timeout: 120_000 }, async (t) => {
  const wherry = cli(await Gateway.start(t));
  const said = async (...args: readonly string[]) => (await wherry('alerts', 'rule', 'add', ...args)).err;
  assert.match(await said('bad', '--query', 'nosuchmetric'), /Its query gives nothing now/);
  assert.match(await said('one', '--query', '1'), /It fires now, for 1 of 1 series/);
  assert.match(
    await said('held', '--query', '1', '--for', '5m'),
    /holds now for 1 of 1 series: it fires once it has for 5m/,
  );
  assert.match(await said('high', '--query', '1', '--above', '2'), /holds for none of 1 series now/);
  assert.match(await said('lost', '--log', 'lost'), /No line matches now/);
  assert.match((await wherry('alerts', 'rule', 'test', 'lost')).out, /^No line matches now/);
  const dry = await wherry('alerts', 'rule', 'add', 'bad', '--query', 'nosuchmetric', '--dry-run');
  assert.match(dry.out, /Would put rule bad\. Its query gives nothing now/);
});

test('nothing silences nearly everything by mistake', { timeout: 120_000 }, async (t) => {
  const gateway = await Gateway.start(t);
  const wherry = cli(gateway);
  const unset = await wherry('alerts', 'silence', 'function_name=');
  assert.deepEqual([unset.code, unset.out], [2, '']);
  assert.match(unset.err, /"function_name=" has no value: is a variable not set\?/);
  for (const matchers of [
    ['function_name=~.*'],
    ['alertname!=x'],
    ['function_name='],
    ['a!~b', 'c=~.*'],
    [],
  ]) {
    const made = await gateway.system('POST', '/system/alerts/silences', { matchers, for: '1h' });
    assert.deepEqual([made.status, made.headers.get('x-wherry-error')], [400, 'bad_value'], matchers.join());
  }
  assert.equal((await wherry('alerts', 'silence', 'alertname!=x')).code, 2);
  assert.equal((await wherry('alerts', 'silence')).code, 2);
  assert.equal((await wherry('alerts', 'silence', '--all', 'alertname=p95')).code, 2);
  assert.equal(
    (await wherry('alerts', 'silence', 'alertname=p95', 'function_name!=shop.openfaas-fn')).code,
    0,
  );
  assert.equal((await wherry('alerts', 'silence', '--all', '--for', '1h')).code, 0);
  assert.match((await wherry('alerts', 'silences')).out, /alertname=~"\.\+"/);
});

test('what is wrong is told by the names of flags', { timeout: 120_000 }, async (t) => {
  const wherry = cli(await Gateway.start(t), folder);
  const wrong = async (...args: readonly string[]): Promise<string> => {
    const { code, err } = await wherry('alerts', ...args);
    assert.ok(code === 2 || code === 1, `${args.join(' ')}: ${code}`);
    return err;
  };
  const mail = await wrong('channel', 'add', 'x', 'email', '--host', 'smtp.example.com');
  assert.match(mail, /email takes --mail-from, --to as well/);
  assert.match(
    mail,
    /wherry alerts channel add x email --mail-from wherry@example\.com --to ops@example\.com/,
  );
  assert.match(await wrong('channel', 'add', 'x', 'function'), /function takes --function as well/);
  const to = ['--host', 'h', '--mail-from', 'a@b.example', '--to', 'c@d.example'];
  assert.match(
    await wrong('channel', 'add', 'x', 'email', ...to, '--match', 'severity'),
    /--match: "severity" is not LABEL=VALUE/,
  );
  assert.match(await wrong('rule', 'add', 'x'), /Give --query, or --log/);
  assert.match(await wrong('rule', 'add', 'x', '--query', '1', '--for', 'soon'), /--for: /);
  assert.match(await wrong('rule', 'add', 'x', '--query', 'sum('), /--query: /);
  assert.match(await wrong('rule', 'add', 'x', '--log', 'x', '--count', '0'), /--count: /);
  assert.match(await wrong('silence', 'alertname'), /"alertname": .* is not LABEL=VALUE/);
  assert.match(await wrong('silence', 'alertname=p95', '--for', 'soon'), /--for: /);
});

test('on a terminal it is said what is asked for', { skip: noScript, timeout: 120_000 }, async (t) => {
  const gateway = await Gateway.start(t, { args: ['--alerts-targets', '127.0.0.1'] });
  const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');
  const asks = async (line: string, typed: string): Promise<string> => {
    const command = `${process.execPath} ${launcher} alerts channel add ${line} -g ${gateway.url}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, WHERRY_HOME: gateway.home },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (bytes) => {
      said += bytes;
      if (said.endsWith(': ')) child.stdin.end(`${typed}\r`);
    });
    await once(child, 'close');
    return said;
  };
  const slack = await asks('x slack', 'http://127.0.0.1:1/');
  assert.match(slack, /^Address of the incoming webhook: /);
  const email = '--host h --user me --mail-from a@b.example --to c@d.example';
  const mail = await asks(`y email ${email}`, 'hush');
  assert.match(mail, /^Password of me at h: /);
  assert.ok(!mail.includes('hush'));
});
