// What the audit log promises when the gateway is killed, the disk is full, and names are hostile.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Wherry } from '@wherry/cli/testing/run-wherry';
import { seeded } from '@wherry/testkit/seeded';
import type { AuditEntryInfo, AuditState } from '@wherry/wire/audit';
import { freshHome, Gateway } from './gateway.ts';

const fixture = fileURLToPath(new URL('./audit-full-disk.fixtures.ts', import.meta.url));
const mountable =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

async function records(gateway: Gateway): Promise<AuditEntryInfo[]> {
  const all: AuditEntryInfo[] = [];
  for (let before = ''; ; ) {
    const answer = await gateway.system('GET', `/system/audit?limit=1000${before}`);
    const page = (await answer.json()) as AuditEntryInfo[];
    all.push(...page);
    if (page.length < 1000) return all;
    before = `&before=${page.at(-1)!.seq}`;
  }
}

async function verdict(gateway: Gateway): Promise<AuditState> {
  return (await (await gateway.system('GET', '/system/audit/verify')).json()) as AuditState;
}

test('kill -9 at any time: no change without a record, whether it was confirmed or not', async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const random = seeded(7);
  const confirmed = new Set<string>();
  const calls = new Map<string, string>();
  let made = 0;
  for (let round = 0; round < 12; round += 1) {
    const gateway = await Gateway.start(t, { home });
    const client = async (): Promise<void> => {
      for (;;) {
        const name = `n-${(made += 1)}`;
        const answer = await gateway.system('POST', '/system/namespace/', { name }).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status !== 201) continue;
        confirmed.add(name);
        calls.set(name, String(answer.headers.get('x-call-id')));
      }
    };
    const clients = [client(), client(), client(), client()];
    const enough = confirmed.size + 3 + Math.floor(random() * 25);
    while (confirmed.size < enough) await new Promise((resolve) => setImmediate(resolve));
    await gateway.stop('SIGKILL');
    await Promise.all(clients);
  }
  const gateway = await Gateway.start(t, { home });
  const all = await records(gateway);
  const byCall = new Map(all.map((one) => [one.call, one]));
  for (const name of confirmed) {
    const record = byCall.get(calls.get(name) ?? '');
    assert.equal(record?.namespace, name);
    assert.equal(record?.status, 201, 'what was confirmed has its outcome, too');
  }
  const recorded = new Set(all.map(({ namespace }) => namespace));
  const there = (await (await gateway.system('GET', '/system/namespaces')).json()) as string[];
  for (const name of there.filter((one) => one.startsWith('n-'))) assert.ok(recorded.has(name), name);
  assert.equal((await verdict(gateway)).verifies, true);
});

test('a full disk refuses every change and makes none; what frees room goes through, and then all does again', {
  skip: !mountable && 'needs root and mount namespaces',
}, () => {
  const home = freshHome();
  const script = 'mount -t tmpfs -o size=48m,mode=0700 none "$1" && exec "$2" "$3" "$1"';
  const run = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', home, process.execPath, fixture], {
    encoding: 'utf8',
    timeout: 90_000,
  });
  rmSync(home, { recursive: true, force: true });
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), {
    refused: 'audit_unavailable',
    statuses: [503],
    unchanged: true,
    calls: 200,
    frees: 202,
    recovers: 202,
    verifies: true,
  });
});

test('hostile names are bounded in the log, and harmless in every form that it is shown in', async (t) => {
  const gateway = await Gateway.start(t);
  const shapes = [
    (n: number) => `=HYPERLINK("http://x/${n}")`,
    (n: number) => `+cmd|' /C calc'!A${n}`,
    (n: number) => `<script>alert(${n})</script>`,
    (n: number) => `\u001b[2J\u0007\r\nseq ${n}`,
    (n: number) => `\u202e${n}\u2028\u0000\ud800`,
    (n: number) => `@SUM(${n})`,
    (n: number) => `${n}${'x'.repeat(10_000)}`,
    (n: number) => `-${n}","","`,
    (n: number) => `\t=${n}`,
    (n: number) => `__proto__${n}`,
  ];
  for (let n = 0; n < 1000; n += 1) {
    const name = shapes[n % shapes.length]!(n);
    const answer =
      n % 2 === 0
        ? await gateway.system('DELETE', '/system/functions', { functionName: name, namespace: name })
        : await gateway.system(
            'DELETE',
            `/system/tokens/${encodeURIComponent(name.toWellFormed().slice(0, 3000))}`,
          );
    assert.ok(answer.status >= 400);
    await answer.arrayBuffer();
  }
  const all = await records(gateway);
  assert.equal(all.length, 1000, 'each has its record');
  for (const one of all) assert.ok(JSON.stringify(one).length < 2000);
  const csv = await (await gateway.system('GET', '/system/audit/export?format=csv')).text();
  const rows = csv.split('\r\n');
  assert.equal(rows.length, 1002, 'no name makes a row');
  for (const row of rows.slice(1, -1)) {
    assert.match(row, /^(?:"(?:[^"\u0000-\u001f]|"")*",){15}"(?:[^"]|"")*"$/);
    for (const [, cell] of row.matchAll(/"((?:[^"]|"")*)"/g)) assert.doesNotMatch(cell!, /^\s*[=+\-@|%]/);
  }
  const program = new Wherry(t, { WHERRY_HOME: gateway.home });
  const listed = await program.run(['audit', 'list', '--limit', '1000']);
  assert.equal(listed.code, 0, listed.err);
  assert.doesNotMatch(listed.out.toString(), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
  assert.equal((await verdict(gateway)).verifies, true);
});

test('no secret and no token is in the log, the database or the head', async (t) => {
  const gateway = await Gateway.start(t);
  const values = ['first-VALUE-of-a-secret', 'second-VALUE-of-a-secret'];
  await gateway.system('POST', '/system/secrets', { name: 'key', value: values[0] });
  await gateway.system('PUT', '/system/secrets', { name: 'key', value: values[1] });
  await gateway.system('POST', '/system/secrets', { name: 'Bad Name', value: 'third-VALUE-of-a-secret' });
  values.push('third-VALUE-of-a-secret', gateway.token, 'guessed-TOKEN');
  await fetch(`${gateway.url}/system/tokens`, { headers: { authorization: 'Bearer guessed-TOKEN' } });
  for (const path of ['/system/tokens', '/system/tokens/ci/rotate']) {
    const answer = await gateway.system('POST', path, { name: 'ci', scopes: ['read'] });
    values.push(((await answer.json()) as { token: string }).token);
  }
  assert.ok((await records(gateway)).length >= 6);
  await gateway.system('DELETE', '/system/secrets', { name: 'key' });
  const files = readdirSync(gateway.home).filter((name) => /^wherry\.db|^audit\.head/.test(name));
  for (const name of files) {
    const bytes = readFileSync(join(gateway.home, name));
    for (const value of values) {
      assert.equal(bytes.includes(value), false, `${value} in ${name}`);
      assert.equal(
        bytes.includes(Buffer.from(value).toString('base64').slice(0, -4)),
        false,
        `${value} in ${name}`,
      );
    }
  }
});
