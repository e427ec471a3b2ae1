import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertSource } from '@wherry/core/alert';
import type { LogLine } from '@wherry/core/log-line';
import { LogMatches } from './log-matches.ts';
import { AlertRig, minute, rule } from './alert-rig.fixtures.ts';

const a = 'a.openfaas-fn';

const lines = (rig: AlertRig, name: string, ...texts: readonly string[]): readonly LogLine[] =>
  texts.map((text) => ({
    ...{ deployment: rig.fleet(name).key, instance: 'i', at: rig.clock.now(), stream: 'stdout', text },
  }));

const logs = (pattern: string, more: Partial<Extract<AlertSource, { kind: 'logs' }>> = {}) =>
  rule('lines', {
    source: { kind: 'logs', functions: '*', pattern, withinMs: 5 * minute, ...more },
    ...{ is: '>=', threshold: 1, summary: '{{ function }}: {{ line }}', subject: 'lines of {{ function }}' },
  });

async function start(): Promise<AlertRig> {
  const rig = await AlertRig.start();
  for (const name of ['a', 'b']) await rig.deploy(name);
  await rig.channel('ops');
  return rig;
}

test('one line that matches is enough, is told with the line, and is over when none came for its time', async () => {
  const rig = await start();
  await rig.book.rules.put(logs('out of (?:memory|disk)'));
  await rig.clock.advance(minute);
  rig.platform.logBook.logged(lines(rig, 'a', 'fine', 'we are out of memory\u001b[31m\r\nBcc: x', 'fine'));
  rig.platform.logBook.logged(lines(rig, 'b', 'fine'));
  await rig.clock.advance(2 * minute);
  assert.deepEqual(rig.told, [`ops: firing lines ${a}`]);
  assert.equal(rig.notices.sent[0]?.notice.title, 'a: we are out of memory [31m Bcc: x');
  await rig.clock.advance(10 * minute);
  assert.deepEqual(rig.told.slice(1), [`ops: resolved lines ${a}`]);
});

test('so many within a while, of a level, of the functions that are named', async () => {
  const rig = await start();
  const counted = { ...logs('timeout', { level: 'error', functions: 'openfaas-fn/a' }), threshold: 3 };
  await rig.book.rules.put(counted);
  await rig.clock.advance(minute);
  const say = (name: string, level: string) =>
    rig.platform.logBook.logged(lines(rig, name, `${level} timeout`));
  for (let n = 0; n < 5; n += 1) say('b', 'ERROR');
  for (let n = 0; n < 5; n += 1) say('a', 'INFO');
  for (let n = 0; n < 2; n += 1) say('a', 'ERROR');
  await rig.clock.advance(3 * minute);
  assert.deepEqual(rig.states, []);
  say('a', 'ERROR');
  await rig.clock.advance(minute);
  assert.deepEqual(rig.states, [`firing ${a}`]);
  assert.equal(rig.book.list()[0]?.value, 3);
});

test('lines of before a restart count, and a new rule begins when it is made', async () => {
  const rig = await start();
  await rig.clock.advance(minute);
  rig.platform.logBook.logged(lines(rig, 'a', 'panic'));
  await rig.clock.advance(0);
  await rig.book.rules.put(logs('panic'));
  await rig.clock.advance(minute);
  assert.deepEqual(rig.states, []);
  const next = await rig.restart();
  await next.clock.advance(minute);
  assert.deepEqual(next.states, [`firing ${a}`]);
});

test('what is written faster than it can be looked at is counted, and holds nobody up', async () => {
  const rig = await start();
  await rig.book.rules.put(logs('y'));
  await rig.clock.advance(minute);
  rig.platform.logBook.logged(lines(rig, 'a', ...Array<string>(30_000).fill('x'.repeat(2_000))));
  await rig.clock.advance(30_000);
  assert.match(rig.book.failing.get('lines') ?? '', /10000 lines came faster/);
});

test('looking at lines stops for others every few milliseconds, and leaves the rest for the next round', async () => {
  const source = { kind: 'logs', functions: '*', pattern: 'x', withinMs: minute } as const;
  let now = 0;
  let pauses = 0;
  // Each line takes a millisecond of this clock.
  const matches = new LogMatches(source, { finds: () => (now += 1) > 0, matches: () => false });
  const rig = await start();
  matches.take(lines(rig, 'a', ...Array<string>(400).fill('x')));
  const look = () =>
    matches.see(
      rig.clock.now(),
      () => now,
      async () => void (pauses += 1),
    );
  assert.equal((await look())[0]?.value, 251);
  assert.ok(pauses >= 40, String(pauses));
  assert.equal((await look())[0]?.value, 400);
});
