import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, Rig, type RigOptions, settle } from '../rig.fixtures.ts';

const seconds = 1000;
const name = { namespace: 'openfaas-fn', name: 'hello' };
const label = (values: Readonly<Record<string, string>>) => ({
  labels: Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`com.openfaas.scale.${key}`, value]),
  ),
});
const after = (ms: number) => ({ status: 200, afterMs: ms });
const large: RigOptions = { concurrency: 1, memory: { budgetBytes: 2 ** 33 } };

/** What was decided, oldest first. */
async function decisions(rig: Rig): Promise<string[]> {
  const found = await rig.platform.scalingBook.find({ target: name, limit: 1000 });
  return found
    .map(({ kind, from, wanted, actual, reason }) => `${kind} ${from} → ${wanted} (${actual}): ${reason}`)
    .reverse();
}

test('a burst on a function with one call at a time grows at once, and goes back when it is long over', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello');
  rig.provider.startMs = 50;
  rig.forwarder.script = () => after(5 * seconds);
  const calls = Array.from({ length: 20 }, () => rig.call('hello'));
  await rig.clock.advance(700);
  assert.equal(rig.running.length, 20, 'two at a time, 50 ms each');
  await rig.clock.advance(5 * seconds);
  assert.ok(calls.every(({ status, call }) => status === 200 && call.waitMs < 600));
  await rig.clock.advance(28 * seconds);
  assert.equal(rig.running.length, 20, 'the window is not over');
  await rig.clock.advance(4 * seconds);
  assert.equal(rig.running.length, 1);
  const [woke, up, ...rest] = await decisions(rig);
  assert.equal(woke, 'wake 0 → 1 (1): one instance shows that this version starts');
  assert.match(up ?? '', /^up 1 → 20 \(20\): 1 in flight and 19 waiting, 1 per instance$/);
  assert.equal(rest.at(-1), 'down 19 → 1 (1): 0 in flight, 1 per instance; no more than 1 needed for 30 s');
  await rig.close();
  assert.equal(rig.platform.budget.reservedBytes, 0);
});

test('no more start at a time than the machine has processors, for all functions together; first instances don’t wait', async () => {
  const rig = await Rig.open(large);
  for (const fn of ['a', 'b']) await rig.deploy(fn);
  await rig.asleep('sleeper');
  rig.provider.startMs = 100;
  rig.forwarder.script = () => after(60 * seconds);
  let open = 0;
  let most = 0;
  const start = rig.provider.start.bind(rig.provider);
  rig.provider.start = async (...args) => {
    most = Math.max(most, (open += 1));
    return start(...args).finally(() => (open -= 1));
  };
  for (const fn of ['a', 'b']) for (let i = 0; i < 8; i++) rig.call(fn);
  await rig.clock.advance(150);
  const woken = rig.call('sleeper');
  await rig.clock.advance(100);
  assert.equal(woken.call.wakeMs, 100, 'it did not queue behind the growth of the others');
  await rig.clock.advance(3 * seconds);
  assert.deepEqual([rig.fleet('a').ready, rig.fleet('b').ready, most], [8, 8, 3]);
  await rig.close();
});

test('a line that is served before an instance would have started is no reason to start one', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello', label({ max: '5' }));
  rig.forwarder.script = () => after(1);
  rig.provider.startMs = 80;
  rig.provider.crash('i1');
  rig.call('hello');
  await rig.clock.advance(100);
  for (let i = 0; i < 50; i++) rig.call('hello');
  await rig.clock.advance(500);
  assert.equal(rig.running.length, 1);
  for (let i = 0; i < 500; i++) rig.call('hello');
  await rig.clock.advance(90);
  assert.ok(rig.running.length > 1, 'half a second of waiting is worth it');
  await rig.close();
});

test('the number in flight is looked at every second too, where nobody has to wait', async () => {
  const rig = await Rig.open({ concurrency: 10 });
  await rig.deploy('hello');
  rig.forwarder.script = () => after(10 * seconds);
  for (let i = 0; i < 10; i++) rig.call('hello');
  await rig.clock.advance(2_100);
  assert.equal(rig.running.length, 2, 'nine of ten is where the next begins');
  await rig.close();
});

test('calls a second: as many instances as the rate needs, and not more because they are slow', async () => {
  const rig = await Rig.open({ concurrency: 100 });
  await rig.deploy(
    'hello',
    label({ type: 'rps', target: '10', 'target-proportion': '1', 'down.window': '5s' }),
  );
  rig.forwarder.script = () => after(100);
  const rate = async (every: number, ms: number) => {
    for (let t = 0; t < ms; t += every) {
      rig.call('hello');
      await rig.clock.advance(every);
    }
    return rig.running.length;
  };
  assert.equal(await rate(100, 4 * seconds), 1);
  assert.equal(await rate(20, 4 * seconds), 5);
  assert.equal(await rate(100, 12 * seconds), 1);
  const list = await decisions(rig);
  assert.ok(
    list.some((one) => /^up \d → 5 \(5\): 50 calls a second, 10 per instance$/.test(one)),
    list.join('\n'),
  );
  await rig.close();
});

test('processor time: as many instances as it is worth; where nobody counts it, that is said once', async () => {
  const rig = await Rig.open({ concurrency: 100 });
  await rig.deploy(
    'hello',
    label({ type: 'cpu', target: '500', 'target-proportion': '1', 'down.window': '3s' }),
  );
  let share = 0.9;
  const spent = new Map<string, number>();
  rig.clock.every(100, () => {
    for (const id of rig.running) spent.set(id, (spent.get(id) ?? 0) + (100 * share) / rig.running.length);
  });
  rig.provider.usage = async (ids) => ids.map((instance) => ({ instance, cpuMs: spent.get(instance) ?? 0 }));
  await rig.clock.advance(5 * seconds);
  assert.equal(rig.running.length, 2);
  share = 2.4;
  await rig.clock.advance(5 * seconds);
  assert.equal(rig.running.length, 5);
  share = 0.1;
  await rig.clock.advance(8 * seconds);
  assert.equal(rig.running.length, 1);
  rig.provider.usage = async (ids) => ids.map((instance) => ({ instance }));
  await rig.clock.advance(20 * seconds);
  const held = (await decisions(rig)).filter((one) => one.startsWith('held'));
  assert.deepEqual(held, ['held 1 → 1 (1): processor time is not counted on this machine']);
  await rig.close();
});

for (const { type, labels, most } of [
  {
    type: 'by its depth, where that is asked for',
    labels: { type: 'queue', target: '10', max: '4' },
    most: 4,
  },
  { type: 'as calls that wait, where nothing is said', labels: { max: '5' }, most: 5 },
])
  test(`what waits in the queue counts ${type}`, async () => {
    const rig = await Rig.open(large);
    await rig.deploy('hello', label({ ...labels, 'down.window': '2s' }));
    rig.forwarder.script = () => after(1 * seconds);
    for (let i = 0; i < 60; i++) rig.later('hello');
    await rig.clock.advance(6 * seconds);
    assert.equal(rig.running.length, most);
    await rig.clock.advance(60 * seconds);
    assert.deepEqual([rig.running.length, rig.forwarder.calls.length], [1, 60]);
    const up = (await decisions(rig)).find((one) => one.startsWith('up'));
    assert.match(up ?? '', /waiting/);
    await rig.close();
  });

test('at its most it stays there, and the record says so once a minute and not every second', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello', { ...label({ max: '3' }), annotations: { 'com.wherry.timeout': '10m' } });
  rig.forwarder.script = () => after(500 * seconds);
  for (let i = 0; i < 9; i++) rig.call('hello');
  await rig.clock.advance(130 * seconds);
  assert.equal(rig.running.length, 3);
  const list = await decisions(rig);
  assert.equal(list[1], 'up 1 → 9 (3): 1 in flight and 8 waiting, 1 per instance');
  const held =
    'held 3 → 9 (3): 3 in flight and 6 waiting, 1 per instance; 3 is the most (com.openfaas.scale.max)';
  assert.deepEqual(list.slice(2), [held, held, held]);
  await rig.close();
});

test('no memory for another: what runs goes on, the reason has the numbers, and it is tried again', async () => {
  const rig = await Rig.open({ concurrency: 1, memory: { budgetBytes: 280 * 2 ** 20 } });
  await rig.deploy('hello');
  rig.forwarder.script = () => after(20 * seconds);
  const calls = Array.from({ length: 10 }, () => rig.call('hello'));
  await rig.clock.advance(10 * seconds);
  assert.equal(rig.running.length, 3);
  const list = await decisions(rig);
  assert.match(
    list[1] ?? '',
    /^up 1 → 10 \(3\): .*; an instance needs 64 MiB, 192 MiB of 280 MiB are in use and none is idle; the rest is for functions that have none$/,
  );
  await rig.deploy('other');
  await rig.clock.advance(60 * seconds);
  assert.ok(calls.every(({ status }) => status === 200 || status === 504));
  await rig.close();
});

test('what one function does not need at present, another gets before anybody is put to sleep', async () => {
  const rig = await Rig.open({ concurrency: 1, memory: { budgetBytes: 300 * 2 ** 20 } });
  await rig.deploy('hello');
  await rig.deploy('idle');
  rig.forwarder.script = () => after(1 * seconds);
  for (let i = 0; i < 3; i++) rig.call('hello');
  await rig.clock.advance(2 * seconds);
  assert.equal(rig.fleet('hello').ready, 3);
  await rig.deploy('late');
  assert.deepEqual([rig.fleet('hello').ready, rig.fleet('idle').ready, rig.fleet('late').ready], [2, 1, 1]);
  await rig.close();
});

test('further instances that crash are not started in a circle, and the record says why there are fewer', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello');
  rig.forwarder.script = () => after(30 * seconds);
  const error = new Error('no');
  for (let i = 0; i < 50; i++) rig.provider.failNextStart(error);
  for (let i = 0; i < 10; i++) rig.call('hello');
  await rig.clock.advance(10 * seconds);
  assert.ok(rig.starts < 16, `${rig.starts} starts in 10 s`);
  const held = (await decisions(rig)).filter((one) => one.startsWith('held'));
  assert.match(held.at(-1) ?? '', /next try in \d+ s/);
  await rig.close();
});

test('asked for by hand is the least while it is awake; the load may ask for more', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello', label({ 'down.window': '2s' }));
  await rig.platform.deployer.scale(name, 3);
  rig.forwarder.script = () => after(3 * seconds);
  for (let i = 0; i < 6; i++) rig.call('hello');
  await rig.clock.advance(1 * seconds);
  assert.equal(rig.running.length, 6);
  await rig.clock.advance(20 * seconds);
  assert.equal(rig.running.length, 3);
  await rig.platform.deployer.scale(name, 1);
  assert.equal(rig.running.length, 1);
  await rig.platform.deployer.scale(name, 0);
  assert.deepEqual(
    (await decisions(rig)).slice(-3).map((one) => one.replace(/:.*asked/, ': 1 asked')),
    [
      'down 6 → 3 (3): 0 in flight, 1 per instance; no more than 3 needed for 2 s',
      'down 3 → 1 (1): 1 asked for by hand',
      'sleep 1 → 0 (0): scaled to 0 by hand',
    ],
  );
  await rig.close();
});

test('scaled down by hand after a burst, it does not grow again because of what was', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello');
  rig.forwarder.script = () => after(1 * seconds);
  for (let i = 0; i < 8; i++) rig.call('hello');
  await rig.clock.advance(3 * seconds);
  assert.equal(rig.running.length, 8);
  await rig.platform.deployer.scale(name, 2);
  await rig.clock.advance(10 * seconds);
  assert.equal(rig.running.length, 2);
  await rig.close();
});

test('the same least and most switch it off', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello', label({ min: '2', max: '2' }));
  await rig.clock.advance(1 * seconds);
  rig.forwarder.script = () => after(5 * seconds);
  for (let i = 0; i < 10; i++) rig.call('hello');
  await rig.clock.advance(10 * seconds);
  assert.equal(rig.running.length, 2);
  assert.deepEqual((await decisions(rig)).slice(1), ['up 1 → 2 (2): at least 2 (com.openfaas.scale.min)']);
  await rig.close();
});

test('a new version has as many instances as the load needed of the old one', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello');
  rig.forwarder.script = () => after(200);
  const calls: Answer[] = [];
  const load = async (ms: number) => {
    for (let t = 0; t < ms; t += 50) {
      calls.push(rig.call('hello'));
      await rig.clock.advance(50);
    }
  };
  await load(3 * seconds);
  const before = rig.fleet('hello').ready;
  assert.ok(before >= 4);
  await rig.deploy('hello');
  await load(3 * seconds);
  assert.ok(rig.fleet('hello').ready >= before);
  await rig.clock.advance(5 * seconds);
  assert.ok(calls.every(({ status }) => status === 200));
  await rig.close();
});

test('an instance on its way out finishes a call that takes hours, and is called back when it is needed again', async () => {
  const rig = await Rig.open(large);
  await rig.deploy('hello', {
    ...label({ 'down.window': '1s' }),
    annotations: { 'com.wherry.timeout': '10s' },
  });
  // A conversation: the deadline is past, and both sides go on.
  rig.forwarder.script = ({ path }) =>
    path === '/talk' ? { status: 101, chunks: [Buffer.from('x')] } : after(1_500);
  const talks = [1, 2].map(() => {
    const talk = rig.call('hello', { path: '/talk' });
    talk.room = false;
    return talk;
  });
  await rig.clock.advance(2 * seconds);
  assert.deepEqual(
    rig.running.map((id) => rig.inFlight(id)),
    [1, 1],
  );
  rig.fleet('hello').demand = 1;
  await rig.fleet('hello').follow(1);
  assert.equal(rig.fleet('hello').ready, 1);
  await rig.clock.advance(5 * seconds);
  assert.deepEqual([rig.stops, talks.map(({ ended }) => ended)], [[], [false, false]]);
  const starts = rig.starts;
  await rig.fleet('hello').follow(2);
  assert.deepEqual([rig.fleet('hello').ready, rig.starts], [2, starts], 'nothing had to be started');
  await rig.close();
});

test('sleep and wake are on the record, with the reason', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello', { annotations: { 'com.wherry.idle': '10s' } });
  await rig.clock.advance(11 * seconds);
  rig.call('hello');
  await settle();
  await rig.clock.advance(100);
  assert.deepEqual((await decisions(rig)).slice(1), [
    'sleep 1 → 0 (0): no call for 10 s',
    'wake 0 → 1 (1): a call came',
  ]);
  await rig.close();
});
