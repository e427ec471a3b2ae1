// Jobs of builds in the fence of this machine. The control is the same job where there is no fence.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Job, JobEnd } from '@wherry/core/ports/workshop';
import { networkGrant } from '@wherry/core/rules/network-grant';
import { Machine } from '../machine.fixtures.ts';

const machine = await Machine.open();
after(() => machine.provider.close());
const root = process.getuid?.() === 0;
const fenced = machine.report.isolation !== 'none';
const skip =
  root && machine.report.isolation === 'full' ? {} : { skip: 'it takes root, bubblewrap and control groups' };

const folder = mkdtempSync(join(tmpdir(), 'wherry-workshop-'));
after(() => rmSync(folder, { recursive: true, force: true }));
chmodSync(folder, 0o711);

interface Ran extends JobEnd {
  readonly said: string;
  readonly code0: string;
}

async function run(
  script: string,
  more: Partial<Job> = {},
  on = machine,
  signal?: AbortSignal,
): Promise<Ran> {
  const work = mkdtempSync(join(folder, 'work-'));
  chmodSync(work, 0o755);
  const said: string[] = [];
  const end = await on.provider.workshop.run(
    {
      owner: 'team',
      command: ['/bin/sh', '-c', script],
      env: { PLACE: '/build' },
      shown: [],
      writable: [{ from: work, to: '/build' }],
      cwd: '/build',
      network: networkGrant('test', 'none'),
      limits: { memoryBytes: 128 * 2 ** 20, processes: 64, timeMs: 20_000, diskBytes: 32 * 2 ** 20 },
      ...more,
    },
    (line) => said.push(line),
    signal ?? new AbortController().signal,
  );
  return { ...end, said: said.join('\n'), code0: work };
}

test(
  'a job has a user of its own and no rights, and what it made is the gateway’s afterwards',
  skip,
  async () => {
    const ran = await run(
      'id -u; grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status; echo x >made; ln -s /etc/passwd link; mkdir -m 0 closed',
    );
    const [uid = '', ...status] = ran.said.split('\n');
    assert.ok(Number(uid) > 1_900_000_000, ran.said);
    assert.deepEqual(
      status.map((line) => line.replace(/\s+/g, ' ')),
      ['CapEff: 0000000000000000', 'NoNewPrivs: 1', 'Seccomp: 2'],
    );
    for (const name of ['made', 'link', 'closed'])
      assert.equal(lstatSync(join(ran.code0, name)).uid, 0, name);
    assert.equal(statSync('/etc/passwd').uid, 0);
    const other = await run('id -u', { owner: 'other' });
    assert.notEqual(other.said, uid);
    assert.equal((await run('id -u')).said, uid, 'the caches of a namespace are one user’s');
  },
);

test('it sees its own folders and nobody else’s', skip, async () => {
  const secret = join(folder, 'of-somebody-else');
  writeFileSync(secret, 'secret', { mode: 0o644 });
  const ran = await run(`cat ${secret} 2>&1; ls / ; touch /usr/x 2>&1; ls /root 2>&1; ls /home 2>&1`);
  assert.doesNotMatch(ran.said, /secret$/m);
  assert.match(ran.said, /No such file/);
  assert.match(ran.said, /Read-only file system/);
});

test('what a job is told in its environment stands in no list of processes', skip, async () => {
  const seen: string[] = [];
  const look = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (line.includes('bwrap') || line.includes('sleep 0.217')) seen.push(line);
      } catch {
        // It has ended.
      }
  }, 20);
  const ran = await run('sleep 0.217; echo $KEY', { env: { KEY: 'pass-in-mirror' } });
  clearInterval(look);
  assert.equal(ran.said, 'pass-in-mirror');
  assert.ok(
    seen.some((line) => line.includes('sleep 0.217')),
    'the control: it was seen',
  );
  assert.ok(seen.every((line) => !line.includes('pass-in-mirror')));
});

test('nothing of a job goes on when it has ended', skip, async () => {
  const ran = await run(
    '(setsid sh -c "while :; do echo alive >>/build/heart; sleep 0.05; done" &) ; until [ -s /build/heart ]; do sleep 0.05; done; echo done',
  );
  assert.equal(ran.said, 'done');
  const before = readFileSync(join(ran.code0, 'heart'), 'utf8').length;
  assert.ok(before > 0);
  await new Promise((later) => setTimeout(later, 300));
  assert.equal(readFileSync(join(ran.code0, 'heart'), 'utf8').length, before);
});

test('time, memory, disk, processes: each ends it with its name', skip, async () => {
  const limits = { memoryBytes: 64 * 2 ** 20, processes: 32, timeMs: 15_000, diskBytes: 16 * 2 ** 20 };
  assert.equal((await run('sleep 60', { limits: { ...limits, timeMs: 300 } })).exceeded, 'time');
  const memory = await run(
    'exec python3 -c "x = bytearray(200 << 20); print(len(x))" || exec tail /dev/zero',
    { limits },
  );
  assert.equal(memory.exceeded, 'memory', JSON.stringify(memory));
  const disk = await run('i=0; while :; do head -c 4194304 /dev/zero >f$i || exit 1; i=$((i+1)); done', {
    limits,
  });
  assert.equal(disk.exceeded, 'disk');
  const one = await run('head -c 67108864 /dev/zero >f; echo $?', { limits });
  assert.ok(one.exceeded === 'disk' || /\d/.test(one.said));
  assert.ok(statSync(join(one.code0, 'f')).size <= 16 * 2 ** 20, 'one file is never larger');
  const forks = await run('f() { f | f & }; f 2>/dev/null; sleep 1; echo survived', { limits });
  assert.ok(forks.code !== 0 || forks.said.includes('survived'));
});

test('who goes away takes it along', skip, async () => {
  const leaving = new AbortController();
  const work = run('echo begun >/build/begun; sleep 60', {}, machine, leaving.signal);
  setTimeout(() => leaving.abort(), 200);
  assert.equal((await work).exceeded, 'cancelled');
  const at = new AbortController();
  at.abort();
  assert.equal((await run('sleep 60', {}, machine, at.signal)).exceeded, 'cancelled');
});

test('the control: without a fence a job sees what the gateway sees, and finds its folders where they are', async (t) => {
  const open = await Machine.open({ fence: 'none' });
  t.after(() => open.provider.close());
  assert.equal(open.provider.workshop.fenced, false);
  const secret = join(folder, 'in-the-open');
  writeFileSync(secret, 'secret');
  const ran = await run(`cat ${secret}; echo made >"$PLACE/made"; pwd`, {}, open);
  assert.match(ran.said, /^secret/);
  assert.ok(existsSync(join(ran.code0, 'made')));
  assert.ok(ran.said.endsWith(ran.code0), ran.said);
});

test('its output is cut into lines, and no flood of it harms anybody', {
  skip: !fenced && 'without a fence',
}, async () => {
  const ran = await run('head -c 5000000 /dev/zero | tr "\\0" x; echo; seq 1 100000; echo end');
  assert.ok(ran.said.length < 2_000 * 12_000);
  for (const line of ran.said.split('\n')) assert.ok(line.length <= 2_000);
});

test('a folder of many files deep down is measured and given back', skip, async () => {
  mkdirSync(join(folder, 'deep'), { recursive: true });
  const ran = await run('d=.; for i in $(seq 1 300); do d=$d/dddddddddddd; mkdir $d || break; done; echo ok');
  assert.match(ran.said, /ok/);
});
