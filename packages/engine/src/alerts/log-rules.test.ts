// Long because: rounds, trials and starts are asked of the same rule over the same lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertSource } from '@wherry/core/alert';
import type { LogLine } from '@wherry/core/log-line';
import { MemoryLogArchive } from '@wherry/storage/memory/log-archive';
import { settle } from '@wherry/testkit/simulated-clock';
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

test('a trial looks by what it is itself, whatever rule of its name is kept, and takes nothing from the rounds', async () => {
  const rig = await start();
  const tried = async (pattern: string, more = {}) =>
    (await rig.book.try(logs(pattern, more))).map(({ value, summary }) => [value, summary]);
  await rig.book.rules.put(logs('panic'));
  await rig.clock.advance(minute);
  rig.platform.logBook.logged(lines(rig, 'a', 'panic', 'timeout', 'a slow timeout'));
  assert.deepEqual(await tried('timeout'), [[2, 'a: a slow timeout']]);
  assert.deepEqual(await tried('panic'), [[1, 'a: panic']]);
  assert.deepEqual(await tried('panic', { functions: 'openfaas-fn/b' }), []);
  await rig.clock.advance(2 * minute);
  assert.deepEqual(await tried('panic', { withinMs: minute }), [], 'its own time, too');
  assert.equal(rig.book.list()[0]?.value, 1);
  // Put in the place of the other, before any round.
  await rig.book.rules.put(logs('timeout'));
  assert.deepEqual(await tried('timeout'), [[2, 'a: a slow timeout']]);
  await rig.clock.advance(minute);
  rig.platform.logBook.logged(lines(rig, 'a', 'timeout'));
  await tried('timeout');
  await rig.clock.advance(minute);
  assert.deepEqual([rig.states, rig.book.list()[0]?.value], [[`firing ${a}`], 1]);
});

test('a trial sees all of its lines, of however many functions', async () => {
  const rig = await start();
  await rig.deploy('c');
  for (const name of ['a', 'b', 'c'])
    rig.platform.logBook.logged(lines(rig, name, ...Array<string>(9_000).fill('panic')));
  const trials = await rig.book.try(logs('panic'));
  assert.deepEqual(
    trials.map(({ value }) => value),
    [9_000, 9_000, 9_000],
  );
});

test('whoever looks at once counts each line once, and loses none', async () => {
  const source = { kind: 'logs', functions: '*', pattern: 'x', withinMs: minute } as const;
  let now = 0;
  const matches = new LogMatches(source, { finds: () => (now += 1) > 0, matches: () => false });
  const rig = await start();
  matches.take(lines(rig, 'a', ...Array<string>(100).fill('x')));
  const look = () =>
    matches.see(
      rig.clock.now(),
      () => now,
      () => settle(),
    );
  const both = Promise.all([look(), look()]);
  matches.take(lines(rig, 'a', ...Array<string>(20).fill('x')));
  await both;
  assert.equal((await look())[0]?.value, 120);
});

/** An archive that gives nothing until it is let: then what it has by then, or what it had when it was asked. */
class SlowArchive extends MemoryLogArchive {
  gate: PromiseWithResolvers<void> | undefined;
  asked = 0;
  readonly #early: boolean;

  constructor(early: boolean) {
    super();
    this.#early = early;
  }

  override async read(query: Parameters<MemoryLogArchive['read']>[0]): Promise<readonly LogLine[]> {
    this.asked += 1;
    if (this.gate === undefined) return super.read(query);
    const had = await super.read(query);
    await this.gate.promise;
    return this.#early ? had : super.read(query);
  }
}

for (const early of [true, false])
  test(`what is written while the archive is read after a start is counted once; the archive answers ${early ? 'before' : 'after'} it`, async () => {
    const rig = await start();
    const logsOf = new SlowArchive(early);
    await rig.book.rules.put(logs('panic'));
    await rig.clock.advance(minute);
    await logsOf.append(lines(rig, 'a', 'panic 1', 'panic 2'));
    await logsOf.append(lines(rig, 'b', 'panic 1'));
    const next = await rig.restart({ logs: logsOf });
    logsOf.gate = Promise.withResolvers();
    const before = lines(next, 'a', 'panic of before, told late');
    void next.book.round();
    await settle();
    assert.equal(logsOf.asked, 1);
    // One instance tells with a delay what it wrote before; then another writes.
    next.platform.logBook.logged(before);
    await next.clock.advance(10);
    for (const name of ['a', 'b']) next.platform.logBook.logged(lines(next, name, 'panic 3'));
    await settle();
    logsOf.gate.resolve();
    await next.clock.advance(2 * minute);
    const counted = next.book.list().map(({ labels, value }) => [labels['function_name'], value]);
    assert.deepEqual(Object.fromEntries(counted), { [a]: 4, 'b.openfaas-fn': 2 });
  });

test('an archive that cannot be read at the start is told of and asked again; new lines count meanwhile', async () => {
  const rig = await start();
  await rig.book.rules.put(logs('panic'));
  await rig.clock.advance(minute);
  rig.platform.logBook.logged(lines(rig, 'b', 'panic'));
  let broken = true;
  const archive = new Proxy(rig.logs, {
    get: (target, name) =>
      name === 'read' && broken
        ? () => Promise.reject(new Error('the disk is gone'))
        : (Reflect.get(target, name) as () => unknown).bind(target),
  });
  await rig.clock.advance(0);
  const next = await rig.restart({ logs: archive });
  await next.book.round();
  next.platform.logBook.logged(lines(next, 'a', 'panic'));
  await next.clock.advance(minute);
  const firing = () => next.states.filter((state) => state.startsWith('firing')).sort();
  assert.deepEqual(firing(), [`firing ${a}`]);
  assert.match(next.book.failing.get('lines') ?? '', /before the start cannot be read: the disk is gone/);
  broken = false;
  await next.clock.advance(minute);
  assert.deepEqual(firing(), [`firing ${a}`, 'firing b.openfaas-fn']);
  assert.deepEqual([...next.book.failing], []);
});
