import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boardBounds } from '@wherry/core/board';
import { MemoryBoardStore } from '@wherry/storage/memory/board-store';
import { SimulatedClock } from '@wherry/testkit/simulated-clock';
import { BoardBook } from './board-book.ts';

const book = (): BoardBook => new BoardBook(new MemoryBoardStore(), new SimulatedClock());
const wish = (name: string, revision?: number) => ({
  name,
  title: name,
  charts: [],
  ...(revision === undefined ? {} : { revision }),
});

test('a board is changed by whoever saw its latest revision, or asks for none', async () => {
  const boards = book();
  assert.equal((await boards.put(wish('a', 0))).revision, 1);
  await assert.rejects(boards.put(wish('a', 0)), { code: 'conflict' });
  assert.equal((await boards.put(wish('a', 1))).revision, 2);
  assert.equal((await boards.put(wish('a'))).revision, 3);
});

test('there are never more than a hundred, also when many are made at once', async () => {
  const boards = book();
  const made = Array.from({ length: boardBounds.boards + 20 }, (_, i) => boards.put(wish(`b-${i}`)));
  const outcomes = await Promise.allSettled(made);
  const refused = outcomes.filter((one) => one.status === 'rejected');
  assert.equal(refused.length, 20);
  assert.ok(refused.every(({ reason }) => (reason as { code: string }).code === 'too_many_boards'));
  assert.equal((await boards.list()).length, boardBounds.boards);
  assert.equal((await boards.put(wish('b-7'))).revision, 2, 'what is there can be changed');
  await boards.remove('b-7');
  await boards.put(wish('new'));
});

test('a board that is not there is told', async () => {
  await assert.rejects(book().get('gone'), { code: 'board_unknown' });
  await assert.rejects(book().remove('gone'), { code: 'board_unknown' });
});
