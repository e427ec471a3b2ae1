import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../rig.fixtures.ts';
import { Line, type Place } from './line.ts';
import type { Member } from './member.ts';

const member = (id: string) => ({ id }) as Member;

test('places are given in order, as many as there are', async () => {
  const line = new Line();
  const places = ['a', 'b', 'c'].map(() => line.join(true));
  const free = [member('1'), member('2')];
  line.serve(() => free.shift());
  assert.deepEqual([(await places[0]?.taken)?.id, (await places[1]?.taken)?.id, line.length], ['1', '2', 1]);
});

test('leaving twice, after being served or after being sent away changes nothing', async () => {
  const line = new Line();
  const [left, served, dismissed] = [line.join(true), line.join(true), line.join(true)];
  left.leave(new Error('left'));
  left.leave(new Error('again'));
  await assert.rejects(left.taken, /left/);
  assert.equal(line.length, 2);
  let free: Member | undefined = member('1');
  line.serve(() => {
    const given = free;
    free = undefined;
    return given;
  });
  served.leave(new Error('too late'));
  assert.deepEqual([(await served.taken).id, line.length], ['1', 1]);
  line.dismiss(new Error('closed'));
  dismissed.leave(new Error('too late'));
  await assert.rejects(dismissed.taken, /closed/);
  assert.equal(line.length, 0);
});

test('whatever comes and goes, the order holds and the length is right (200 seeds)', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const line = new Line();
    const waiting: { place: Place; number: number }[] = [];
    const served: Promise<number>[] = [];
    let count = 0;
    for (let step = 0; step < 300; step++) {
      const what = next(10);
      if (what < 5) {
        const place = line.join(true);
        place.taken.catch(() => undefined);
        waiting.push({ place, number: count++ });
      } else if (what < 7 && waiting.length > 0)
        waiting.splice(next(waiting.length), 1)[0]?.place.leave(new Error('left'));
      else if (what < 9) {
        let free = next(4);
        line.serve(() => (free-- > 0 ? member('x') : undefined));
        for (const one of waiting.splice(0, Math.max(0, waiting.length - line.length)))
          served.push(one.place.taken.then(() => one.number));
      } else if (next(30) === 0) {
        line.dismiss(new Error('closed'));
        waiting.length = 0;
      }
      assert.equal(line.length, waiting.length, `seed ${seed}, step ${step}`);
    }
    const order = await Promise.all(served);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      `seed ${seed}`,
    );
  }
});
