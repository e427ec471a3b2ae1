import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@wherry/testkit/simulated-clock';
import { MemoryAuditLog } from '@wherry/storage/memory/audit-log';
import { AuditBook } from './audit-book.ts';

const request = (more: object = {}) => ({
  ...{ who: '', from: '10.0.0.1', what: 'listFunctions', method: 'GET', call: 'call-1' },
  ...more,
});
const refused = { status: 401, error: 'unauthenticated' };

function book() {
  const clock = new SimulatedClock();
  const log = new MemoryAuditLog();
  const problems: string[] = [];
  return { clock, log, problems, book: new AuditBook(log, clock, (message) => problems.push(message)) };
}

const all = async (log: MemoryAuditLog) => (await log.find({ limit: 10_000 })).toReversed();

test('the first refusal has a record at once, its repeats are one more', async () => {
  const { book: audit, clock, log } = book();
  for (let n = 0; n < 1000; n += 1) await audit.refused(request(), refused);
  assert.equal((await all(log)).length, 1);
  await clock.advance(600_000);
  const [first, rest] = await all(log);
  assert.equal(first?.count, undefined);
  assert.deepEqual([rest?.count, rest?.from, rest?.error], [999, '10.0.0.1', 'unauthenticated']);
  await audit.refused(request(), refused);
  assert.equal((await all(log)).length, 3, 'later it is told anew');
});

test('who changes addresses and routes fills no disk: a hundred thousand refusals are two dozen records', async () => {
  const { book: audit, clock, log } = book();
  for (let n = 0; n < 100_000; n += 1)
    await audit.refused(request({ from: `10.0.${n % 256}.${n >> 8}` }), refused);
  await clock.advance(600_000);
  const found = await all(log);
  assert.ok(found.length <= 22, String(found.length));
  const counted = found.reduce((sum, { count = 1 }) => sum + count, 0);
  assert.equal(counted, 100_000, 'and each is counted');
});

test('an outcome that could not be kept is kept with the next, in its order', async () => {
  const { book: audit, log, problems } = book();
  const underway = await audit.begin(request({ what: 'deployFunction' }), false);
  const append = log.append.bind(log);
  log.append = () => Promise.reject(new Error('the disk is full'));
  await audit.end(underway, { status: 202 });
  assert.match(problems.join(), /not audited yet: the disk is full/);
  log.append = append;
  await audit.end(await audit.begin(request({ what: 'deleteFunction' }), true), { status: 202 });
  assert.deepEqual(
    (await all(log)).map(({ what }) => what),
    ['deployFunction', 'deleteFunction'],
  );
  assert.equal(await log.recover(), 0, 'nothing is left open');
});

test('what cannot be noted is not begun', async () => {
  const { book: audit, log } = book();
  log.begin = () => Promise.reject(new Error('no'));
  await assert.rejects(audit.begin(request(), false));
});

test('old records go once a day, not each time that one is too old', async () => {
  const { book: audit, clock, log } = book();
  const day = 86_400_000;
  for (let n = 0; n < 3; n += 1) {
    await audit.end(await audit.begin(request({ what: 'deployFunction' }), false), { status: 202 });
    await clock.advance(day / 2);
  }
  await audit.prune(clock.now() - 0.9 * day);
  assert.equal((await all(log)).length, 3);
  await audit.prune(clock.now() - 0.4 * day);
  assert.deepEqual(
    (await all(log)).map(({ what }) => what),
    ['deployFunction', 'audit.prune'],
    'the newest stays',
  );
  assert.deepEqual((await log.verify()).faults, []);
});
