import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelMessage } from '@wherry/core/ports/channels';
import { settle } from '@wherry/testkit/simulated-clock';
import { Receiver, ReportRig } from './report-rig.fixtures.ts';

/** Some of its channels swallow what they get, and say nothing until they are let, or given up. */
class SilentReceiver extends Receiver {
  readonly reached: string[] = [];
  readonly release = Promise.withResolvers<void>();
  hearsOfStops = true;
  readonly #silent: (channel: string) => boolean;

  constructor(silent: (channel: string) => boolean) {
    super();
    this.#silent = silent;
  }

  override async deliver(message: ChannelMessage, signal?: AbortSignal): Promise<{ readonly id?: string }> {
    this.reached.push(message.channel);
    if (this.#silent(message.channel)) {
      const given = Promise.withResolvers<void>();
      if (this.hearsOfStops) signal?.addEventListener('abort', () => given.reject(new Error('given up')));
      await Promise.race([this.release.promise, given.promise]);
    }
    return super.deliver(message);
  }
}

const startsAt = '2026-11-20T12:00:00Z';
const wish = { every: 'day', zone: 'UTC' } as const;
const named = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `c${at}`);
const statesOf = async (rig: ReportRig): Promise<readonly string[]> =>
  (await rig.store.list()).flatMap(({ deliveries }) =>
    deliveries.map(({ channel, state, attempts }) => `${channel} ${state} ${attempts}`),
  );

test('while a receiver says nothing the other channels are told, and whoever asks for something waits for nobody', async () => {
  const rig = new ReportRig(startsAt);
  const channels = new SilentReceiver((channel) => channel === 'silent');
  const book = rig.book({ channels });
  await book.make({ ...wish, channels: ['silent', 'mail', 'chat'] });
  await settle();
  assert.deepEqual(
    [...channels.told.values()].map(({ channel }) => channel),
    ['mail', 'chat'],
  );
  await book.subscribe({ ...wish, name: 'ops', at: 0, channels: ['mail'] });
  await book.pause('ops', true);
  await book.pause('ops', false);
  await book.preview(wish);
  await book.unsubscribe('ops');
  await rig.clock.advance(1);
  await book.make(wish);
  channels.release.resolve();
  await book.look();
  assert.deepEqual(await statesOf(rig), ['silent sent 1', 'mail sent 1', 'chat sent 1']);
  assert.equal(channels.handed.length, 3);
});

test('what is due is made while a receiver says nothing, and sent behind it', async () => {
  const rig = new ReportRig(startsAt);
  const channels = new SilentReceiver((channel) => channel === 'silent');
  const book = rig.book({ channels });
  book.start();
  await book.make({ ...wish, channels: ['silent'] });
  await book.subscribe({ ...wish, name: 'ops', at: 0, channels: ['mail'] });
  await rig.to('2026-11-21T00:05:00Z');
  assert.deepEqual(await statesOf(rig), ['mail due 0', 'silent due 0']);
  channels.release.resolve();
  await rig.clock.advance(120_000);
  assert.deepEqual(await statesOf(rig), ['mail sent 1', 'silent sent 1']);
  assert.deepEqual(channels.reached, ['silent', 'mail']);
  await book.close();
  assert.equal(rig.clock.waiting, 0);
});

test('a stop gives up what is being handed over and begins nothing more; the next start sends it, each once', async () => {
  const rig = new ReportRig(startsAt);
  const channels = new SilentReceiver((channel) => channel !== 'c0');
  const book = rig.book({ channels });
  await book.make({ ...wish, channels: named(20) });
  await settle();
  assert.equal(channels.reached.length, 9, 'the first, and eight at once');
  // No time passes.
  await book.close();
  assert.equal(channels.reached.length, 9);
  assert.deepEqual(await statesOf(rig), [
    'c0 sent 1',
    ...named(20)
      .slice(1)
      .map((name) => `${name} due 0`),
  ]);
  assert.deepEqual([rig.problems, rig.clock.waiting], [[], 0]);
  await rig.book().look();
  assert.deepEqual(
    await statesOf(rig),
    named(20).map((name) => `${name} sent 1`),
  );
  assert.equal(rig.receiver.handed.length, 19);
});

test('a stop waits for five seconds at most', async () => {
  const rig = new ReportRig(startsAt);
  const channels = new SilentReceiver(() => true);
  channels.hearsOfStops = false;
  const book = rig.book({ channels });
  await book.make({ ...wish, channels: ['mail'] });
  await settle();
  let closed = false;
  void book.close().then(() => (closed = true));
  await rig.clock.advance(4_999);
  assert.equal(closed, false);
  await rig.clock.advance(1);
  assert.equal(closed, true);
});

test('a report that was made anew while it was sent is sent anew', async () => {
  const rig = new ReportRig(startsAt);
  const channels = new SilentReceiver((channel) => channel === 'silent');
  const book = rig.book({ channels });
  const { id } = await book.make({ ...wish, channels: ['silent'] });
  await settle();
  assert.equal((await book.make({ ...wish, channels: ['silent', 'mail'] })).id, id);
  channels.release.resolve();
  await book.look();
  await book.look();
  assert.deepEqual(await statesOf(rig), ['silent sent 1', 'mail sent 1']);
  assert.equal(channels.told.size, 2);
});
