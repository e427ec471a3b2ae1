import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlatformEvent } from '@wherry/core/platform-event';
import { seenBy } from '@wherry/core/platform-event';
import type { LaneState } from '@wherry/core/ports/call-queue';
import { SimulatedClock } from '@wherry/testkit/simulated-clock';
import { Rig } from '../rig.fixtures.ts';
import { EventBook } from './event-book.ts';
import { Ring, type Told } from './ring.ts';

const of = { namespace: 'openfaas-fn', name: 'hello' };
const changed = (version: number): PlatformEvent => ({
  kind: 'function',
  at: 1,
  change: 'changed',
  ...of,
  version,
});

test('who was away for a moment is told what came meanwhile, and who was away for long that it is not known', () => {
  const ring = new Ring('a');
  const start = ring.last;
  assert.deepEqual(ring.behind(start), []);
  const [one, two] = [ring.add(changed(1)), ring.add(changed(2))];
  assert.deepEqual(ring.behind(start), [one, two]);
  assert.deepEqual(ring.behind(one.id), [two]);
  assert.deepEqual(ring.behind(two.id), []);
  for (const unknown of ['', 'a-', 'a-3', 'b-1', 'a--1', 'a-1e3', `a-${'9'.repeat(400)}`])
    assert.equal(ring.behind(unknown), undefined, unknown);
  for (let version = 0; version < 5_000; version += 1) ring.add(changed(version));
  assert.equal(ring.behind(one.id), undefined);
  assert.equal(ring.behind(two.id)?.length, 5_000);
});

test('what is kept is bounded by what is named in it', () => {
  const ring = new Ring('a');
  const functions = Array.from({ length: 200 }, () => ({ ...of, calls: 1, failed: 0, cold: 0 }));
  const first = ring.add({ kind: 'calls', at: 1, functions });
  for (let i = 0; i < 25; i += 1) ring.add({ kind: 'calls', at: 1, functions });
  assert.equal(ring.behind(first.id)?.length, 25);
  ring.add({ kind: 'calls', at: 1, functions });
  assert.equal(ring.behind(first.id), undefined);
});

test('of an event one sees what is one’s business', () => {
  const other = { ...of, name: 'other' };
  const may = ({ name }: { name: string }): boolean => name === 'hello';
  const tally = { calls: 1, failed: 0, cold: 0 };
  const calls: PlatformEvent = {
    kind: 'calls',
    at: 1,
    functions: [
      { ...of, ...tally },
      { ...other, ...tally },
    ],
  };
  assert.deepEqual(seenBy(calls, may, false), { ...calls, functions: [{ ...of, ...tally }] });
  assert.equal(seenBy({ ...calls, functions: [{ ...other, ...tally }] }, may, false), undefined);
  assert.equal(seenBy({ ...changed(1), ...other } as PlatformEvent, may, false), undefined);
  assert.deepEqual(seenBy(changed(1), may, false), changed(1));
  const fires = { kind: 'alert', at: 1, change: 'firing', rule: 'heat' } as const;
  for (const [event, all, is] of [
    [{ ...fires, ...of }, false, true],
    [{ ...fires, ...other }, false, false],
    [fires, false, false],
    [fires, true, true],
  ] as const)
    assert.deepEqual(seenBy(event, may, all), is ? event : undefined);
  const depth = { waiting: 1, running: 0, dead: 0 };
  const lanes = [
    { lane: 'mine', ...of, ...depth },
    { lane: 'theirs', ...other, ...depth },
    { lane: 'channel ops', ...depth },
  ];
  const queue = { kind: 'queue', at: 1, lanes } as const;
  assert.deepEqual(seenBy(queue, may, false), { ...queue, lanes: lanes.slice(0, 1) });
  assert.deepEqual(seenBy(queue, may, true), { ...queue, lanes: [lanes[0], lanes[2]] });
  assert.equal(seenBy({ ...queue, lanes: lanes.slice(1) }, may, false), undefined);
});

test('a lane that is no function’s is told like others, and that it is gone', async () => {
  const clock = new SimulatedClock();
  const channel = { lane: 'channel ops', waiting: 0, running: 0, dead: 1 };
  let lanes: readonly LaneState[] = [{ ...channel, nextDue: undefined, oldest: undefined }];
  const book = new EventBook(clock, async () => lanes, assert.fail);
  const told: unknown[] = [];
  const leave = book.watch({
    tell: ({ event }) => void told.push(...(event.kind === 'queue' ? event.lanes : [])),
    end: () => undefined,
  });
  await clock.advance(1_000);
  lanes = [];
  await clock.advance(1_000);
  await clock.advance(1_000);
  assert.deepEqual(told, [channel, { ...channel, dead: 0 }]);
  leave();
});

test('a deployment, its instance, its calls, its end and its removal are told in turn', async () => {
  const rig = await Rig.open();
  const told: Told[] = [];
  let ended = false;
  const leave = rig.platform.events.watch({
    tell: (one) => void told.push(one),
    end: () => (ended = true),
  });
  const fleet = await rig.deploy('hello');
  const begun = [rig.call('hello'), rig.call('hello'), rig.call('nobody')];
  await rig.clock.advance(600);
  await Promise.all(begun.map(({ over }) => over));
  await rig.clock.advance(600);
  void fleet.sleep();
  await rig.clock.advance(10);
  await rig.platform.deployer.remove(of);
  const kinds = told.map(({ event }) => ('change' in event ? `${event.kind} ${event.change}` : event.kind));
  assert.deepEqual(kinds, [
    ...['instance started', 'function deployed', 'calls'],
    ...['instance ended', 'function removed'],
  ]);
  const calls = told[2]?.event;
  assert.deepEqual(calls?.kind === 'calls' && calls.functions, [{ ...of, calls: 2, failed: 0, cold: 0 }]);
  await rig.close();
  assert.ok(ended, 'who watches is told that it stops');
  leave();
  assert.equal(rig.platform.events.watchers, 0);
});
