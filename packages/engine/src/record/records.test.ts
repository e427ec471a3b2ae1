import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallRecord } from '@wherry/core/call-record';
import type { CallRecords } from '@wherry/core/ports/call-records';
import type { LogLine } from '@wherry/core/log-line';
import { MemoryCallRecords } from '@wherry/storage/memory/call-records';
import { MemoryLogArchive } from '@wherry/storage/memory/log-archive';
import { sampleLine } from '@wherry/testkit/samples';
import { settle, SimulatedClock } from '@wherry/testkit/simulated-clock';
import { Call, type CallInput } from '../invoke/call.ts';
import { Rig } from '../rig.fixtures.ts';
import { durationBuckets, FunctionCounts } from './function-counts.ts';
import { LogBook } from './log-book.ts';
import { Recorder } from './recorder.ts';

/** A store that notes what it is given and answers when it is told to. */
class SlowStore extends MemoryCallRecords implements CallRecords {
  readonly groups: number[] = [];
  answer: () => Promise<void> = () => Promise.resolve();

  override async append(records: readonly CallRecord[]): Promise<void> {
    this.groups.push(records.length);
    await this.answer();
  }
}

const call = (more: Partial<CallInput> = {}) => {
  const one = new Call(
    {
      trigger: 'http',
      target: 'f',
      method: 'GET',
      path: '/',
      headers: [],
      body: new Uint8Array(0),
      alias: undefined,
      authorization: undefined,
      from: { address: '', host: '', scheme: 'http' },
      ...more,
    },
    {} as never,
  );
  one.id = 'id';
  return one;
};

function recorder(store: CallRecords = new SlowStore()) {
  const clock = new SimulatedClock();
  const problems: string[] = [];
  return { clock, problems, recorder: new Recorder(store, clock, (problem) => problems.push(problem)) };
}

test('records are written in groups: soon when there are few, at once when there are many', async () => {
  const store = new SlowStore();
  const { clock, recorder: keep } = recorder(store);
  for (let i = 0; i < 3; i++) keep.record(call());
  await clock.advance(49);
  assert.equal(store.groups.length, 0);
  await clock.advance(1);
  assert.deepEqual(store.groups, [3]);
  for (let i = 0; i < 5000; i++) keep.record(call());
  await settle();
  const early = store.groups.slice(1);
  assert.ok(early.length >= 4, `${early.join()} left without waiting`);
  await keep.flush();
  assert.equal(
    store.groups.reduce((sum, size) => sum + size),
    5003,
  );
  assert.equal(clock.waiting, 0, 'nothing is left to do');
});

test('a store that does not keep up costs records, not memory: they are counted', async () => {
  const store = new SlowStore();
  let release: () => void = () => undefined;
  store.answer = () => new Promise((resolve) => (release = resolve));
  const { recorder: keep } = recorder(store);
  for (let i = 0; i < 60_000; i++) keep.record(call());
  const given = store.groups.reduce((sum, size) => sum + size, 0);
  assert.ok(given <= 50_000 + 2048, `${given} were handed over`);
  assert.ok(keep.dropped >= 60_000 - 50_000 - 2048, `${keep.dropped} were dropped`);
  store.answer = () => Promise.resolve();
  release();
});

test('what the store refuses is counted and told, and later calls are recorded again', async () => {
  const store = new SlowStore();
  store.answer = () => Promise.reject(new Error('disk on fire'));
  const { problems, recorder: keep } = recorder(store);
  for (let i = 0; i < 5; i++) keep.record(call());
  await keep.flush();
  assert.deepEqual([keep.dropped, problems], [5, ['5 call records were not kept: disk on fire']]);
  store.answer = () => Promise.resolve();
  keep.record(call());
  await keep.flush();
  assert.deepEqual([keep.dropped, store.groups.at(-1)], [5, 1]);
});

test('recording never fails a call, whatever the store does', async () => {
  const store: CallRecords = Object.assign(new MemoryCallRecords(), {
    append() {
      throw new Error('at once');
    },
  });
  const { recorder: keep } = recorder(store);
  for (let i = 0; i < 300; i++) keep.record(call());
  await keep.flush();
  assert.equal(keep.dropped, 300);
});

test('a record is short, whatever the caller sent, and holds no query', async () => {
  const store = new MemoryCallRecords();
  const { recorder: keep } = recorder(store);
  keep.record(call({ target: `x\0${'y'.repeat(5000)}`, path: `/${'p'.repeat(5000)}?secret=1` }));
  keep.record(call({ path: '/p?secret=1' }));
  await keep.flush();
  const [short, long] = await store.find({ limit: 2 });
  assert.equal(short?.path, '/p');
  assert.equal(long?.path.length, 256);
  assert.ok((long?.target.length ?? 0) <= 130);
  assert.doesNotMatch(`${JSON.stringify([short, long])}${long?.target}`, /secret|\0/);
});

test('calls are counted by status and by how long they took, in OpenFaaS’s buckets', () => {
  const counts = new FunctionCounts(10);
  for (const seconds of [0, 0.005, 0.006, 1, 10, 11]) counts.observe(200, seconds, false);
  counts.observe(500, 1, true);
  const ok = counts.byCode.get(200);
  assert.deepEqual([counts.invocations, ok?.calls, ok?.seconds], [17, 6, 22.011]);
  assert.equal(durationBuckets.length, 11);
  assert.deepEqual([...(ok?.buckets ?? [])], [2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1]);
});

test('a call that names no function is counted as such and not for a function', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.call('hello');
  rig.call('nobody');
  await settle();
  const counts = rig.platform.functions.find('hello')?.counts;
  assert.deepEqual([rig.platform.recorder.unknown, counts?.invocations, counts?.started], [1, 1, 1]);
  await rig.close();
});

test('calls before this start are counted on', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  for (let i = 0; i < 3; i++) rig.call('hello');
  await settle();
  await rig.close();
  const again = await Rig.open({ parts: { desired: rig.desired, records: rig.records } });
  again.call('hello');
  await settle();
  assert.equal(again.platform.functions.find('hello')?.counts.invocations, 4);
  await again.close();
});

function logBook(archive = new MemoryLogArchive()) {
  const problems: string[] = [];
  return { archive, problems, book: new LogBook(archive, (problem) => problems.push(problem)) };
}

const of = (name: string) => ({ deployment: { namespace: 'openfaas-fn', name, version: 1 } });
const target = { namespace: 'openfaas-fn', name: 'hello' };

test('whoever follows a function’s log is told its lines from now on, and no others, until they leave', () => {
  const { book } = logBook();
  const [one, two]: [string[], string[]] = [[], []];
  book.logged([sampleLine(0)]);
  const leave = book.follow(target, (lines) => void one.push(...lines.map(({ text }) => text)));
  book.follow(target, (lines) => void two.push(...lines.map(({ text }) => text)));
  book.logged([sampleLine(1), sampleLine(2)]);
  book.logged([sampleLine(3, of('other'))]);
  book.logged([]);
  leave();
  leave();
  book.logged([sampleLine(4)]);
  assert.deepEqual(
    [one, two],
    [
      ['line 1', 'line 2'],
      ['line 1', 'line 2', 'line 4'],
    ],
  );
});

test('a follower that fails does not keep others, or the archive, from the lines', async () => {
  const { book } = logBook();
  const heard: LogLine[] = [];
  book.follow(target, () => {
    throw new Error('its connection is gone');
  });
  book.follow(target, (lines) => void heard.push(...lines));
  book.logged([sampleLine(1)]);
  assert.equal(heard.length, 1);
  assert.equal((await book.read({ target })).length, 1);
});

test('one may leave while lines are told', () => {
  const { book } = logBook();
  const heard: number[] = [];
  const leave = book.follow(target, () => {
    heard.push(1);
    leave();
  });
  book.follow(target, () => void heard.push(2));
  book.logged([sampleLine(1)]);
  book.logged([sampleLine(2)]);
  assert.deepEqual(heard, [1, 2, 2]);
});

test('what was said before is read back at once, also while it is still being written', async () => {
  const { archive, book } = logBook();
  const append = archive.append.bind(archive);
  archive.append = async (lines) => {
    await settle();
    await append(lines);
  };
  book.logged([sampleLine(1)]);
  assert.deepEqual(
    (await book.read({ target })).map(({ text }) => text),
    ['line 1'],
  );
});

test('lines that cannot be kept are counted and told', async () => {
  const { archive, book, problems } = logBook();
  archive.append = () => Promise.reject(new Error('full'));
  book.logged([sampleLine(1), sampleLine(2)]);
  await book.flush();
  assert.deepEqual([book.dropped, problems], [2, ['2 log lines were not kept: full']]);
});
