import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeBackups } from '@wherry/testkit/fake-backups';
import { settle, SimulatedClock } from '@wherry/testkit/simulated-clock';
import { BackupBook } from './backup-book.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function set(period: number | 'off' = day, keep = 3) {
  const every = period === 'off' ? undefined : period;
  const clock = new SimulatedClock();
  const backups = new FakeBackups();
  const problems: string[] = [];
  const open = () =>
    new BackupBook(backups, clock, { every, keep, history: true }, (text) => problems.push(text));
  return { clock, backups, problems, open };
}

test('a backup is made every day, and the newest three stay', async () => {
  const { clock, backups, open } = set();
  const stop = open().start();
  await clock.advance(10 * day + hour);
  assert.equal(backups.attempts, 11);
  assert.equal(backups.made.length, 3);
  const [newest, second] = await backups.list();
  assert.ok(newest!.at - second!.at >= day && newest!.at - second!.at < day + 2 * minute);
  stop();
  assert.equal(clock.waiting, 0);
});

test('a restart neither repeats a backup nor forgets one', async () => {
  const { clock, backups, open } = set();
  open().start()();
  let stop = open().start();
  await clock.advance(hour);
  assert.equal(backups.attempts, 1);
  for (let restarts = 0; restarts < 5; restarts += 1) {
    stop();
    stop = open().start();
    await clock.advance(hour);
  }
  assert.equal(backups.attempts, 1, 'too young for another');
  stop();
  await clock.advance(3 * day);
  stop = open().start();
  await clock.advance(5 * minute);
  assert.equal(backups.attempts, 2, 'what was missed is made up for, once');
  stop();
});

test('a backup that fails is told, tried again after a while, and the old ones stay', async () => {
  const { clock, backups, problems, open } = set();
  const book = open();
  const stop = book.start();
  await clock.advance(hour);
  backups.full = true;
  await clock.advance(day);
  assert.deepEqual(problems[0], 'no backup could be made: the disk is full');
  assert.equal((await book.state()).failure?.reason, 'the disk is full');
  assert.equal(backups.made.length, 1);
  const before = backups.attempts;
  await clock.advance(hour);
  assert.equal(backups.attempts - before, 4, 'every quarter of an hour');
  backups.full = false;
  await clock.advance(hour);
  assert.equal((await book.state()).failure, undefined);
  assert.equal(backups.made.length, 2);
  stop();
});

test('a clock that is set back by ten years does not end the backups', async () => {
  const { clock, backups, open } = set(day, 100);
  const stop = open().start();
  await clock.advance(hour);
  clock.jump(-3650 * day);
  await clock.advance(3 * day);
  assert.ok(backups.attempts >= 3 && backups.attempts <= 5, `${backups.attempts} were made`);
  stop();
});

test('while one is made no other begins, scheduled or asked for', async () => {
  const { clock, backups, open } = set();
  const book = open();
  const stop = book.start();
  const gate = Promise.withResolvers<void>();
  backups.gate = gate.promise;
  await clock.advance(2 * minute);
  assert.equal(backups.attempts, 1);
  await assert.rejects(book.stream(true).next(), { code: 'conflict' });
  await clock.advance(hour);
  assert.equal(backups.attempts, 1);
  gate.resolve();
  await settle();
  const stream = book.stream(true);
  assert.equal((await stream.next()).done, false);
  await clock.advance(2 * day);
  assert.equal(backups.attempts, 1, 'somebody is still reading');
  await stream.return(undefined);
  await clock.advance(2 * minute);
  assert.equal(backups.attempts, 2);
  stop();
});

test('nothing is made by itself unless it is asked for', async () => {
  const { clock, backups, open } = set('off');
  open().start();
  await clock.advance(10 * day);
  assert.equal(backups.attempts, 0);
  assert.equal(clock.waiting, 0);
});
