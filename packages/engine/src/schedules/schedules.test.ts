// Schedules under a clock that moves, jumps and goes back only when a test says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewItem } from '@wherry/core/ports/call-queue';
import { MemoryScheduleStore } from '@wherry/storage/memory/schedule-store';
import { Rig, type RigOptions, settle } from '../rig.fixtures.ts';

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const year = 365 * day;
const of = { namespace: 'openfaas-fn', name: 'job' };

/** The slots that instances were given, in the order they came. */
function watched(rig: Rig): string[] {
  const slots: string[] = [];
  rig.forwarder.script = (call) => {
    slots.push(headerOf(call.headers, 'x-wherry-slot') ?? '');
    return { status: 200 };
  };
  return slots;
}

function headerOf(headers: readonly string[], name: string): string | undefined {
  const at = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
}

async function rigWith(annotations: Record<string, string>, options: RigOptions = {}): Promise<Rig> {
  const rig = await Rig.open(options);
  await rig.deploy('job', { annotations });
  await settle();
  return rig;
}

/** The same state, another gateway: as after a kill, unless the first was closed. */
async function next(rig: Rig, schedules = rig.platform.parts.schedules): Promise<Rig> {
  const { queue, desired } = rig.platform.parts;
  const after = new Rig({ parts: { queue, desired, schedules } });
  after.clock.jump(rig.clock.now() - after.clock.now());
  return after;
}

const times = (slots: readonly string[]) => slots.map((slot) => slot.slice(11, 19));

test('OpenFaaS’s pair of annotations calls a function as its cron-connector does', async () => {
  const rig = await Rig.open({ settings: { functionsArePublic: false } });
  const seen: { method: string; path: string; body: string; headers: readonly string[] }[] = [];
  rig.forwarder.script = ({ method, path, body, headers }) => {
    seen.push({ method, path, body: body.toString(), headers });
    return { status: 200 };
  };
  await rig.deploy('job', { annotations: { topic: 'cron-function', schedule: '*/5 * * * *' } });
  await rig.clock.advance(11 * minute);
  assert.equal(seen.length, 2);
  const [first] = seen;
  assert.deepEqual([first?.method, first?.path, first?.body], ['POST', '/', '']);
  assert.equal(headerOf(first?.headers ?? [], 'x-connector'), 'cron-connector');
  assert.equal(headerOf(first?.headers ?? [], 'x-topic'), 'cron-function');
  assert.equal(headerOf(first?.headers ?? [], 'x-wherry-slot'), '2026-01-01T00:05:00.000Z');
  const [record] = await rig.records.find({ limit: 1 });
  assert.deepEqual([record?.trigger, record?.status], ['schedule', 200]);
  const [view] = rig.platform.schedules.list();
  const [last] = await rig.platform.queue.find({ id: view?.last?.call ?? '', limit: 1 });
  assert.deepEqual([last?.state, last?.item.head.trigger], ['done', 'schedule']);
  await rig.close();
});

test('several expressions, time zones, seconds and @every stand side by side; a body goes along', async () => {
  const rig = await Rig.open();
  const bodies: string[] = [];
  rig.forwarder.script = ({ body, headers }) => {
    bodies.push(
      `${headerOf(headers, 'x-wherry-slot')?.slice(11, 19)} ${headerOf(headers, 'content-type')} ${body}`,
    );
    return { status: 200 };
  };
  await rig.deploy('job', {
    annotations: {
      'com.wherry.schedule': 'CRON_TZ=Europe/Berlin 30 1 * * * ; 15 0 20 * * *; @every 25m',
      'com.wherry.schedule.zone': 'America/New_York',
      'com.wherry.schedule.body': '{"a":1}',
      'com.wherry.schedule.content-type': 'application/json',
    },
  });
  await rig.clock.advance(65 * minute);
  assert.deepEqual(bodies, [
    '00:25:00 application/json {"a":1}',
    '00:30:00 application/json {"a":1}',
    '00:50:00 application/json {"a":1}',
    '01:00:15 application/json {"a":1}',
  ]);
  await rig.close();
});

test('what cannot be read is refused at the deploy, with the key and the place', async () => {
  const rig = await Rig.open();
  const refused = async (annotations: Record<string, string>, why: RegExp) =>
    assert.rejects(rig.deploy('job', { annotations }), { code: 'bad_value', message: why });
  await refused({ 'com.wherry.schedule': '61 * * * *' }, /^com\.wherry\.schedule: .*minute: 61/);
  await refused(
    { 'com.wherry.schedule': '@daily; * * *' },
    /^com\.wherry\.schedule, expression 2: "\* \* \*" has 3 fields/,
  );
  await refused({ topic: 'cron-function', schedule: '@often' }, /^schedule: /);
  await refused({ 'com.wherry.schedule': '@every 10ms' }, /@every/);
  await refused({ 'com.wherry.schedule': '' }, /empty/);
  await refused({ 'com.wherry.schedule': 'CRON_TZ=Mars/Phobos * * * * *' }, /Mars\/Phobos/);
  await refused(
    { 'com.wherry.schedule': '@daily', 'com.wherry.schedule.zone': 'x y' },
    /^com\.wherry\.schedule\.zone/,
  );
  await refused(
    { 'com.wherry.schedule': '@daily', 'com.wherry.schedule.missed': 'no' },
    /^com\.wherry\.schedule\.missed/,
  );
  await refused({ 'com.wherry.schedule': '0 0 31 2 *' }, /no such day/);
  assert.deepEqual(rig.platform.schedules.list(), []);
  await rig.close();
});

test('@every counts from the deploy: neither a restart nor another version shifts it', async () => {
  const rig = await rigWith({ 'com.wherry.schedule': '@every 7m' });
  const slots = watched(rig);
  await rig.clock.advance(10 * minute);
  await rig.deploy('job', { annotations: { 'com.wherry.schedule': '@every 7m' }, env: { NEW: '1' } });
  await rig.clock.advance(3 * minute);
  await rig.close();
  const again = await next(rig);
  const more = watched(again);
  await again.platform.open();
  await again.clock.advance(14 * minute);
  assert.deepEqual(times([...slots, ...more]), ['00:07:00', '00:14:00', '00:21:00']);
  await again.close();
});

test('a changed expression begins now; a removed function takes its state along', async () => {
  const rig = await rigWith({ 'com.wherry.schedule': '@hourly' });
  const slots = watched(rig);
  await rig.clock.advance(30 * minute);
  await rig.deploy('job', { annotations: { 'com.wherry.schedule': '0,20,40 * * * *' } });
  await rig.clock.advance(15 * minute);
  assert.deepEqual(times(slots), ['00:40:00']);
  await rig.platform.deployer.remove(of);
  await settle();
  assert.deepEqual(await rig.schedules.list(), []);
  await rig.clock.advance(hour);
  assert.equal(slots.length, 1);
  assert.deepEqual(rig.problems, []);
  await rig.close();
});

for (const [missed, expected] of [
  ['skip', ['00:10:00', '06:00:00', '06:10:00']],
  ['once', ['00:10:00', '05:50:00', '06:00:00', '06:10:00']],
] as const)
  test(`after hours without a gateway, ${missed}`, async () => {
    const rig = await rigWith({
      'com.wherry.schedule': '*/10 * * * *',
      'com.wherry.schedule.missed': missed,
    });
    const slots = watched(rig);
    await rig.clock.advance(11 * minute);
    await rig.close();
    const again = await next(rig);
    again.clock.jump(5 * hour + 42 * minute - (rig.clock.monotonic() - 11 * minute));
    const more = watched(again);
    await again.platform.open();
    await again.clock.advance(20 * minute);
    assert.deepEqual(times([...slots, ...more]), expected);
    await again.close();
  });

test('after a week without a gateway, all: the newest hundred, in order', async () => {
  const rig = await rigWith({ 'com.wherry.schedule': '@every 1m', 'com.wherry.schedule.missed': 'all' });
  watched(rig);
  await rig.close();
  const again = await next(rig);
  again.clock.jump(7 * day);
  const slots = watched(again);
  await again.platform.open();
  await again.clock.advance(10 * second);
  assert.equal(slots.length, 100);
  const sorted = slots.map((slot) => Date.parse(slot)).sort((a, b) => a - b);
  assert.ok(again.clock.now() - (sorted[0] as number) < 101 * minute);
  assert.equal(new Set(sorted).size, 100);
  await again.close();
});

test('a paused schedule runs nothing, makes up for nothing, and still runs when it is told to', async () => {
  const rig = await rigWith({ 'com.wherry.schedule': '@every 1m' });
  const slots = watched(rig);
  await rig.clock.advance(minute + second);
  await rig.platform.schedules.pause(of, true);
  await rig.clock.advance(hour);
  assert.equal(slots.length, 1);
  const id = await rig.platform.schedules.run(of);
  await rig.clock.advance(second);
  assert.equal(slots.length, 2);
  assert.equal(rig.platform.schedules.list()[0]?.last?.call, id);
  await rig.close();
  const again = await next(rig);
  const more = watched(again);
  await again.platform.open();
  await again.clock.advance(hour);
  assert.deepEqual([more.length, again.platform.schedules.list()[0]?.paused], [0, true]);
  await again.platform.schedules.pause(of, false);
  await again.clock.advance(minute);
  assert.equal(more.length, 1);
  await assert.rejects(again.platform.schedules.pause({ ...of, name: 'other' }, true), {
    code: 'schedule_unknown',
  });
  await again.close();
});

test('a queue that takes nothing for a while gets the slot later, once', async () => {
  const rig = await rigWith({ 'com.wherry.schedule': '@every 10m' });
  const slots = watched(rig);
  const enqueue = rig.queue.enqueue.bind(rig.queue);
  let lost = 0;
  rig.queue.enqueue = (items) => (++lost <= 3 ? Promise.reject(new Error('no space left')) : enqueue(items));
  await rig.clock.advance(10 * minute + 20 * second);
  assert.deepEqual([lost, times(slots)], [4, ['00:10:00']]);
  assert.match(rig.problems.join(), /no space left/);
  await rig.close();
});

test('whoever asks for what is not there, again and again, holds no schedule up', async () => {
  const rig = await rigWith({ 'com.wherry.schedule': '@every 10s' });
  const slots = watched(rig);
  for (let i = 0; i < 60; i++) {
    await assert.rejects(rig.platform.schedules.run({ ...of, name: 'nobody' }), { code: 'schedule_unknown' });
    await rig.clock.advance(second);
  }
  assert.ok(slots.length >= 5, String(slots.length));
  await rig.close();
});

test('a gateway that dies between handing a slot over and noting it does not run it twice', async () => {
  for (const wait of [0, 30 * minute, 3 * day]) {
    const rig = await rigWith({ 'com.wherry.schedule': '0 1 * * 4' });
    const slots = watched(rig);
    rig.schedules.put = () => new Promise(() => undefined);
    await rig.clock.advance(hour + minute);
    assert.deepEqual(times(slots), ['01:00:00']);
    const again = await next(rig, await onDisk(rig.schedules));
    again.clock.jump(wait);
    const more = watched(again);
    await again.platform.open();
    await again.clock.advance(minute);
    assert.deepEqual(more, [], `${wait}`);
  }
});

/** The store as it is on disk, with its own `put`. */
async function onDisk(store: MemoryScheduleStore): Promise<MemoryScheduleStore> {
  const same = new MemoryScheduleStore();
  await same.put(await store.list());
  return same;
}

test('nobody who may call the function can take a slot’s place in the queue', async () => {
  const rig = await rigWith({ 'com.wherry.schedule': '@every 1m' });
  const keys: string[] = [];
  const enqueue = rig.queue.enqueue.bind(rig.queue);
  rig.queue.enqueue = (items: readonly NewItem[]) => {
    for (const { key } of items) keys.push(key?.text ?? '');
    return enqueue(items);
  };
  watched(rig);
  await rig.clock.advance(minute);
  assert.equal(keys.length, 1);
  // A caller's own key stands behind its name and a line feed, and no HTTP parser lets another through.
  assert.match(keys[0] ?? '', /^\n.*\n/s);
  await rig.close();
});

for (const [what, jumps] of [
  ['an hour back and forth', [-hour, hour]],
  ['an hour forth and back', [hour, -hour]],
  ['ten years forth and back', [10 * year, -10 * year]],
  ['ten years back and forth', [-10 * year, 10 * year]],
] as const)
  test(`a clock that is set ${what} runs no slot twice, and the schedule goes on`, async () => {
    const rig = await rigWith({ 'com.wherry.schedule': '*/10 * * * *' });
    const slots = watched(rig);
    await rig.clock.advance(25 * minute);
    for (const jump of jumps) {
      rig.clock.jump(jump);
      await rig.clock.advance(35 * minute);
    }
    // What ran while the clock was ahead does not run again.
    await rig.clock.advance(2 * hour);
    const before = slots.length;
    await rig.clock.advance(hour);
    assert.equal(new Set(slots).size, slots.length, slots.join(' '));
    assert.ok(slots.length >= before + 6, `${slots.length - before} in the last hour: ${slots.join(' ')}`);
    await rig.close();
  });
