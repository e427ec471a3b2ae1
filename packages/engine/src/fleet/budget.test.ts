import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quota } from '@wherry/core/rules/quota';
import { random, Rig, settle } from '../rig.fixtures.ts';
import { Budget, type Sleeper } from './budget.ts';
import { Shares } from './shares.ts';

const mebibyte = 2 ** 20;
const unlimited = () => new Shares(() => ({}));
const budget = (mebibytes: number, available = () => 1e15, shares = unlimited()) =>
  new Budget(mebibytes * mebibyte, 1e9, available, shares);
const of = (name: string, namespace = 'openfaas-fn') => ({ name, namespace });

test('what is reserved and what is given back add up, and nothing is given back twice', async () => {
  const memory = budget(300);
  const [one, two] = await Promise.all([
    memory.reserve(100 * mebibyte, of('a')),
    memory.reserve(150 * mebibyte, of('b')),
  ]);
  assert.equal(memory.reservedBytes, 250 * mebibyte);
  one();
  one();
  assert.equal(memory.reservedBytes, 150 * mebibyte);
  two();
  assert.equal(memory.reservedBytes, 0);
});

test('when nobody is idle the start is refused with the numbers, and nothing stays reserved', async () => {
  const memory = budget(100);
  await memory.reserve(64 * mebibyte, of('a'));
  await assert.rejects(
    memory.reserve(64 * mebibyte, of('hello')),
    (error: { code?: string; message: string; retryAfterS?: number }) => {
      assert.deepEqual([error.code, error.retryAfterS], ['no_room', 5]);
      assert.equal(error.message, 'an instance needs 64 MiB, 64 MiB of 100 MiB are in use and none is idle');
      return true;
    },
  );
  assert.equal(memory.reservedBytes, 64 * mebibyte);
  await memory.reserve(36 * mebibyte, of('b'));
});

test('the machine keeps a part of its memory whatever was promised', async () => {
  let free = 200 * mebibyte;
  const memory = new Budget(1000 * mebibyte, 1000 * mebibyte, () => free, unlimited());
  (await memory.reserve(100 * mebibyte, of('a')))();
  free = 149 * mebibyte;
  await assert.rejects(memory.reserve(100 * mebibyte, of('a')), {
    code: 'no_room',
    message: /the machine has 149 MiB left/,
  });
});

/** Somebody who holds memory, and how it is to sleep. */
function sleeper(
  idleSince: number | undefined,
  sleep: () => Promise<void>,
  namespace = 'openfaas-fn',
): Sleeper & { idleSince: number | undefined } {
  return { idleSince, sleep, key: { namespace } };
}

test('who has been idle longest sleeps first, and only as many as needed', async () => {
  const memory = budget(300);
  const slept: string[] = [];
  for (const [name, since] of [
    ['young', 30],
    ['old', 10],
    ['busy', undefined],
    ['middle', 20],
  ] as const) {
    const back = await memory.reserve(64 * mebibyte, of(name));
    const own = sleeper(since, async () => {
      slept.push(name);
      own.idleSince = undefined;
      back();
    });
    memory.join(own);
  }
  await memory.reserve(100 * mebibyte, of('new'));
  assert.deepEqual(slept, ['old']);
  await memory.reserve(64 * mebibyte, of('new'));
  assert.deepEqual(slept, ['old', 'middle']);
});

test('who does not give anything back is asked once and not for ever', async () => {
  const memory = budget(100);
  await memory.reserve(64 * mebibyte, of('a'));
  let asked = 0;
  memory.join(
    sleeper(1, async () => {
      asked += 1;
    }),
  );
  await assert.rejects(memory.reserve(64 * mebibyte, of('b')), { code: 'no_room' });
  assert.equal(asked, 1);
});

test('starts at the same time do not count on the same memory', async () => {
  const memory = budget(200);
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => memory.reserve(64 * mebibyte, of('x'))),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 3);
  assert.equal(memory.reservedBytes, 192 * mebibyte);
});

test('reserving and giving back in any order never passes the whole (50 seeds)', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = random(seed);
    const memory = budget(500);
    const held: (() => void)[] = [];
    let refused = 0;
    const most = { bytes: 0 };
    const work = Array.from({ length: 100 }, async () => {
      await settle();
      if (next(3) === 0) held.splice(next(held.length + 1), 1)[0]?.();
      try {
        held.push(await memory.reserve((1 + next(100)) * mebibyte, of('x')));
      } catch {
        refused += 1;
      }
      most.bytes = Math.max(most.bytes, memory.reservedBytes);
    });
    await Promise.all(work);
    assert.ok(most.bytes <= 500 * mebibyte, `seed ${seed}`);
    assert.ok(refused > 0, `seed ${seed}: it was never full`);
    for (const back of held) back();
    assert.equal(memory.reservedBytes, 0, `seed ${seed}`);
  }
});

test('a function that needs memory puts the longest idle one to sleep and is answered', async () => {
  const rig = await Rig.open({ memory: { budgetBytes: 130 * mebibyte } });
  await rig.deploy('first');
  await rig.clock.advance(10);
  await rig.deploy('second');
  await rig.clock.advance(10);
  rig.call('first');
  await rig.clock.advance(10);
  const third = rig.deploy('third');
  await rig.clock.advance(10);
  await third;
  assert.deepEqual(
    [rig.fleet('first').awake, rig.fleet('second').awake, rig.fleet('third').awake],
    [true, false, true],
    'second was idle for longer',
  );
  await rig.close();
});

test('a call that finds no memory is told 503 and why, and the next one tries again', async () => {
  const rig = await Rig.open({ memory: { budgetBytes: 100 * mebibyte } });
  await rig.asleep('small');
  await rig.deploy('busy');
  rig.forwarder.script = ({ at }) => (at === '/fake/i2' ? 'never' : { status: 200 });
  const blocking = rig.call('busy');
  await settle();
  const call = rig.call('small');
  await settle();
  assert.deepEqual([call.code, call.status, call.failure?.retryAfterS], ['no_room', 503, 5]);
  blocking.call.cancel('caller_gone');
  await settle();
  const again = rig.call('small');
  await settle();
  assert.deepEqual([again.status, rig.fleet('busy').awake], [200, false]);
  await rig.close();
});

test('a start waits for memory that somebody is just giving back', async () => {
  const rig = await Rig.open({ memory: { budgetBytes: 100 * mebibyte } });
  await rig.asleep('small');
  await rig.deploy('sleepy', { labels: { 'com.openfaas.scale.zero-duration': '1s' } });
  rig.provider.stopMs = 500;
  await rig.clock.advance(1_100);
  assert.equal(rig.fleet('sleepy').awake, false);
  const call = rig.call('small');
  await settle();
  assert.equal(call.ended, false);
  await rig.clock.advance(500);
  assert.equal(call.status, 200);
  await rig.close();
});

test('a namespace with a quota makes room among its own, and is refused when none of them is idle', async () => {
  const quotas: Record<string, Quota> = { a: { instances: 2 }, b: { memoryBytes: 100 * mebibyte } };
  const memory = budget(1000, () => 1e15, new Shares((namespace) => quotas[namespace] ?? {}));
  const slept: string[] = [];
  for (const namespace of ['other', 'a']) {
    const back = await memory.reserve(64 * mebibyte, of('old', namespace));
    const own = sleeper(
      namespace === 'a' ? 20 : 10,
      async () => {
        slept.push(namespace);
        own.idleSince = undefined;
        back();
      },
      namespace,
    );
    memory.join(own);
  }
  await memory.reserve(64 * mebibyte, of('one', 'a'));
  await memory.reserve(64 * mebibyte, of('two', 'a'));
  assert.deepEqual(slept, ['a'], 'whoever is idle longer elsewhere stays awake');
  await assert.rejects(memory.reserve(64 * mebibyte, of('three', 'a')), {
    code: 'no_room',
    message: 'namespace a runs 2 of the 2 instances it may (com.wherry.quota.instances) and none is idle',
  });
  const held = await memory.reserve(64 * mebibyte, of('one', 'b'));
  await assert.rejects(memory.reserve(64 * mebibyte, of('two', 'b')), {
    message: 'namespace b holds 64 MiB of the 100 MiB it may (com.wherry.quota.memory) and none is idle',
  });
  held();
  await memory.reserve(100 * mebibyte, of('two', 'b'));
});

test('a start that waits for somebody to sleep holds up none that fits', async () => {
  const memory = budget(200);
  let fall: () => void = () => undefined;
  const back = await memory.reserve(100 * mebibyte, of('slow'));
  const slow = sleeper(10, async () => {
    await new Promise<void>((resolve) => (fall = resolve));
    slow.idleSince = undefined;
    back();
  });
  memory.join(slow);
  let large = false;
  const waiting = memory.reserve(150 * mebibyte, of('large')).then(() => (large = true));
  await settle();
  await memory.reserve(40 * mebibyte, of('small'));
  assert.equal(large, false);
  fall();
  await waiting;
  assert.equal(memory.reservedBytes, 190 * mebibyte);
});

test('two starts that both wait do not count on the same sleeper', async () => {
  const memory = budget(200);
  const slept: string[] = [];
  for (const [i, name] of ['first', 'second'].entries()) {
    const back = await memory.reserve(100 * mebibyte, of(name));
    const own = sleeper(i + 1, async () => {
      slept.push(name);
      await settle();
      own.idleSince = undefined;
      back();
    });
    memory.join(own);
  }
  await Promise.all(['x', 'y'].map((name) => memory.reserve(100 * mebibyte, of(name))));
  assert.deepEqual([slept, memory.reservedBytes], [['first', 'second'], 200 * mebibyte]);
});

test('further instances leave a tenth to functions that have none', async () => {
  const memory = budget(1000);
  await memory.reserve(850 * mebibyte, of('busy'), true);
  await assert.rejects(memory.reserve(64 * mebibyte, of('busy'), true), {
    code: 'no_room',
    message: /850 MiB of 1000 MiB are in use and none is idle; the rest is for functions that have none/,
  });
  await memory.reserve(64 * mebibyte, of('quiet'));
});
