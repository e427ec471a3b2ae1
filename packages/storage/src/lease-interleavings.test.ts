import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallQueue, Leased, Settlement } from '@wherry/core/ports/call-queue';
import { sampleItem } from '@wherry/testkit/samples';
import { seed, seeded } from '@wherry/testkit/seeded';
import { MemoryCallQueue } from './memory/call-queue.ts';

// Three workers, one or two calls, and every order of leasing, pausing, holding on, ending and time going by that the seed gives.
const interleavings = 100_000;
const leaseMs = 10;
const lane = 'hello.openfaas-fn';
const later = 1e15;

interface Ended {
  /** Outcomes that counted, by call. */
  readonly counted: Map<string, number>;
  /** Of workers that were too slow. */
  readonly late: number;
  readonly wrong: string;
}

async function run(queue: CallQueue, below: (most: number) => number): Promise<Ended> {
  const start = Date.UTC(2026, 0, 1);
  let now = start;
  const calls = 1 + below(2);
  await queue.enqueue(Array.from({ length: calls }, (_, n) => sampleItem(n, { expires: later })));
  /** What each worker believes to hold. */
  const held: (Leased | undefined)[] = [undefined, undefined, undefined];
  const counted = new Map<string, number>();
  const newest = new Map<string, number>();
  let late = 0;
  let wrong = '';
  const lease = async (worker: number): Promise<void> => {
    const [got] = await queue.lease([{ lane, most: 1 }], `w${worker}`, now, now + leaseMs, later);
    if (got === undefined) return;
    if (counted.has(got.id)) wrong ||= `${got.id} was over and came again`;
    if (got.epoch <= (newest.get(got.id) ?? 0)) wrong ||= `${got.id} came with an old epoch`;
    newest.set(got.id, got.epoch);
    held[worker] = got;
  };
  const end = async (worker: number): Promise<void> => {
    const mine = held[worker];
    if (mine === undefined) return;
    held[worker] = undefined;
    const { id, epoch } = mine;
    const result = { status: 200, headers: [], body: new Uint8Array(0) };
    const note = { at: now, cause: 'no' };
    const outcome: Settlement =
      below(3) === 0
        ? { id, epoch, to: 'waiting', due: now + below(5), note, counts: true, crashed: false }
        : { id, epoch, to: 'done', at: now, result, keptUntil: later };
    const [believed] = await queue.settle([outcome]);
    if (believed !== true) late += 1;
    else if (newest.get(id) !== epoch) wrong ||= `the outcome of a lost lease of ${id} counted`;
    else if (outcome.to === 'done') counted.set(id, (counted.get(id) ?? 0) + 1);
  };
  for (let step = 0; step < 10; step++) {
    const worker = below(3);
    const what = below(5);
    if (what === 0) now += below(leaseMs + 5);
    else if (what === 1 && held[worker] !== undefined) await queue.extend([held[worker]], now + leaseMs);
    else if (what === 2 && held[worker] !== undefined) await end(worker);
    else if (held[worker] === undefined) await lease(worker);
  }
  // Whoever is still at it says so at last, in any order; then what is left is done by one.
  for (const worker of [below(3), 0, 1, 2]) await end(worker);
  for (let i = 0; i < 10 && counted.size < calls; i++) {
    now += leaseMs;
    await lease(0);
    await end(0);
  }
  for (let i = 0; i < 20 && counted.size < calls; i++) {
    now += leaseMs;
    await lease(1);
    await end(1);
  }
  for (const [id, times] of counted) if (times > 1) wrong ||= `${id} was done ${times} times`;
  if (counted.size < calls) wrong ||= `${counted.size} of ${calls} were done`;
  return { counted, late, wrong };
}

test(`in ${interleavings} interleavings of three workers, one outcome of each call counts, and every call has one`, async (t) => {
  t.diagnostic(`seed ${seed} (WHERRY_FUZZ_SEED)`);
  const next = seeded(seed);
  const below = (most: number): number => Math.floor(next() * most);
  let late = 0;
  for (let i = 0; i < interleavings; i++) {
    const ended = await run(new MemoryCallQueue(), below);
    assert.equal(ended.wrong, '', `interleaving ${i}, seed ${seed}`);
    late += ended.late;
  }
  t.diagnostic(`${late} outcomes came too late and were refused`);
  assert.ok(late > interleavings / 50, 'this was no race');
});

test('the control: a queue that does not look at epochs lets the outcome of a lost lease count', async () => {
  const next = seeded(7);
  const below = (most: number): number => Math.floor(next() * most);
  let wrong = 0;
  for (let i = 0; i < 2_000; i++) {
    const queue = new MemoryCallQueue();
    const epochs = new Map<string, number>();
    const [lease, settle] = [queue.lease.bind(queue), queue.settle.bind(queue)];
    queue.lease = async (...args) => {
      const leased = await lease(...args);
      for (const { id, epoch } of leased) epochs.set(id, epoch);
      return leased;
    };
    // Whoever speaks is taken for the one who holds it now.
    queue.settle = (outcomes) =>
      settle(outcomes.map((one) => ({ ...one, epoch: epochs.get(one.id) ?? one.epoch }) as Settlement));
    if ((await run(queue, below)).wrong !== '') wrong += 1;
  }
  assert.ok(wrong > 20, `${wrong} of 2000 went wrong`);
});
