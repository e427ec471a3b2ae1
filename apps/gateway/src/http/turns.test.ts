import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

const patient = new AbortController().signal;

test('so many work at once, of one fewer, and who comes next begins when one is done', async () => {
  const turns = new Turns(3, 2);
  const began: string[] = [];
  const begin = (who: string): Promise<() => void> =>
    turns.take(who, patient).then((done) => {
      began.push(who);
      return done;
    });
  const [first, , , other, last] = [begin('a'), begin('a'), begin('a'), begin('b'), begin('b')];
  const done = await other;
  assert.deepEqual(began, ['a', 'a', 'b']);
  done();
  done();
  await last;
  assert.deepEqual(began, ['a', 'a', 'b', 'b']);
  (await first)();
  await new Promise(setImmediate);
  assert.deepEqual(began, ['a', 'a', 'b', 'b', 'a']);
});

test('who does not wait any longer takes no turn', async () => {
  const turns = new Turns(1, 1);
  const done = await turns.take('a', patient);
  const gone = new AbortController();
  const waits = turns.take('b', gone.signal);
  gone.abort(new Error('gone'));
  await assert.rejects(waits, /gone/);
  await assert.rejects(turns.take('b', gone.signal), /gone/);
  done();
  (await turns.take('c', patient))();
});
