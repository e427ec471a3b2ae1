import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenUse } from '@wherry/core/ports/token-store';
import { MemoryTokenStore } from '@wherry/storage/memory/token-store';
import { admin, Rig, settle } from '../rig.fixtures.ts';

const minute = 60_000;
const hour = 60 * minute;
const bearer = (token: string) => `Bearer ${token}`;

/** Says what it was told, and takes it when it is let. */
class WatchedStore extends MemoryTokenStore {
  readonly told: (readonly TokenUse[])[] = [];
  /** Why it takes nothing. */
  full: Error | undefined;
  gate: Promise<void> = Promise.resolve();

  override async used(uses: readonly TokenUse[]): Promise<void> {
    this.told.push(uses);
    if (this.full !== undefined) throw this.full;
    await this.gate;
    await super.used(uses);
  }
}

async function opened(store = new WatchedStore()) {
  const rig = await Rig.open({ parts: { tokens: store }, settings: { functionsArePublic: false } });
  const { tokens, gatekeeper } = rig.platform;
  const make = async (name: string, scopes: readonly string[] = ['invoke'], functions = '*') =>
    bearer((await tokens.create({ name, scopes, functions }, admin)).token);
  const last = (name: string) => tokens.list().find((one) => one.name === name)?.lastUsedAt;
  const kept = async (name: string) => (await store.list()).find((one) => one.name === name)?.lastUsedAt;
  /** What became of a call with these credentials. */
  const call = async (authorization: string, target = 'hello') => {
    const answer = rig.call(target, { authorization });
    await rig.clock.advance(10);
    await answer.over;
    return answer.code ?? answer.status;
  };
  return { rig, store, tokens, gatekeeper, make, last, kept, call };
}

test('a call that is let in is a use, at its time; nothing is said where there was none', async () => {
  const { rig, make, last, call } = await opened();
  await rig.deploy('hello');
  const token = await make('shop');
  assert.equal(last('shop'), undefined);
  const at = rig.clock.now();
  assert.equal(await call(token), 200);
  assert.equal(last('shop'), at);
  await rig.clock.advance(minute);
  assert.equal(last('shop'), at);
  assert.equal(await call(token), 200);
  assert.ok((last('shop') ?? 0) > at);
  await rig.close();
});

test('whoever is refused has used nothing', async () => {
  const { rig, tokens, make, last, call } = await opened();
  await rig.deploy('hello');
  await rig.deploy('other');
  await rig.deploy('open', { annotations: { 'com.wherry.visibility': 'public' } });
  await rig.deploy('slow', { annotations: { 'com.wherry.rate-limit': '1/h' } });
  assert.equal(await call(await make('reader', ['read'])), 'forbidden');
  const there = await make('there', ['invoke'], 'other');
  assert.equal(await call(there), 'forbidden');
  assert.equal(await call(bearer('wherry_x')), 'private_function');
  assert.equal(await call(await make('absent'), 'nowhere'), 'function_unknown');
  assert.equal(await call(await make('first'), 'slow'), 200);
  assert.equal(await call(await make('second'), 'slow'), 'rate_limited');
  assert.equal(await call(await make('idle', ['read']), 'open'), 200, 'it needs none');
  const names = ['reader', 'there', 'absent', 'second', 'idle'];
  assert.deepEqual(names.map(last), Array(names.length).fill(undefined));
  assert.equal(typeof last('first'), 'number');
  const before = last('first');
  await tokens.revoke('first');
  const again = await make('first');
  assert.deepEqual([typeof before, last('first')], ['number', undefined], 'of its namesake');
  assert.equal(await call(again), 200);
  assert.equal(typeof last('first'), 'number');
  await rig.close();
});

test('a call that is put into the queue is a use when it is taken, and none when it is made', async () => {
  const { rig, make, last } = await opened();
  await rig.asleep('hello');
  const authorization = await make('shop');
  const at = rig.clock.now();
  const later = rig.later('hello', [], '', { authorization });
  await settle();
  await later.over;
  assert.equal(later.code ?? last('shop'), at);
  await rig.clock.advance(minute);
  assert.equal(rig.platform.functions.find('hello')?.counts.invocations, 1, 'it was made meanwhile');
  assert.equal(last('shop'), at);
  await rig.close();
});

test('the store hears of it once an hour for each token, however much it is used, and at the stop', async () => {
  const { rig, store, gatekeeper, make, kept } = await opened();
  const [one, two] = [await make('one'), await make('two')];
  const use = (authorization: string) => gatekeeper.used(gatekeeper.require(authorization, 'invoke'));
  for (let i = 0; i < 180; i++) {
    for (let n = 0; n < 10; n++) use(one);
    if (i === 30) use(two);
    await rig.clock.advance(minute);
  }
  const told = (name: string) => store.told.flat().filter((use) => use.name === name).length;
  assert.deepEqual([told('one'), told('two')], [3, 1]);
  use(two);
  const at = rig.clock.now();
  assert.ok(((await kept('two')) ?? 0) < at);
  await rig.close();
  assert.deepEqual([await kept('two'), told('two')], [at, 2]);
  const written = store.told.length;
  const again = await opened(store);
  assert.equal(again.last('two'), at, 'after a restart');
  await again.rig.clock.advance(3 * hour);
  await again.rig.close();
  assert.equal(store.told.length, written, 'nothing that the store has already');
});

test('a store that takes nothing keeps nobody from using a token, is named once, and hears of it later', async () => {
  const { rig, store, make, last, kept, call } = await opened();
  await rig.deploy('hello');
  const token = await make('shop');
  store.full = new Error('the disk is full');
  assert.equal(await call(token), 200);
  const at = last('shop');
  await rig.clock.advance(5 * minute);
  assert.equal(await call(token), 200);
  assert.equal(typeof at, 'number');
  assert.deepEqual(
    rig.problems.filter((text) => /tokens/.test(text)),
    ['when tokens were last used was not written: the disk is full'],
  );
  store.full = undefined;
  await rig.clock.advance(minute);
  assert.equal(await kept('shop'), last('shop'));
  await rig.close();
});

test('a use that is written while its token is revoked, or gets another text, changes nothing about that', async () => {
  const { rig, store, tokens, gatekeeper, make } = await opened();
  const [gone, turned] = [await make('gone'), await make('turned')];
  const held = [gone, turned].map((token) => gatekeeper.require(token, 'invoke'));
  for (const who of held) gatekeeper.used(who);
  let open = (): void => {};
  store.gate = new Promise((resolve) => (open = resolve));
  await rig.clock.advance(minute);
  assert.deepEqual(
    store.told.flat().map(({ name }) => name),
    ['gone', 'turned'],
  );
  await tokens.revoke('gone');
  const { token } = await tokens.rotate('turned');
  open();
  await settle();
  // Those who were let in before go on for a while.
  for (const who of held) gatekeeper.used(who);
  await rig.close();
  const left = await store.list();
  assert.deepEqual(
    left.map(({ name, lastUsedAt }) => [name, lastUsedAt]),
    [['turned', undefined]],
  );
  const again = await opened(store);
  assert.throws(() => again.gatekeeper.require(gone, 'invoke'), { code: 'unauthenticated' });
  assert.throws(() => again.gatekeeper.require(turned, 'invoke'), { code: 'unauthenticated' });
  assert.equal(again.gatekeeper.require(bearer(token), 'invoke').name, 'turned');
  await again.rig.close();
});

test('a clock that was wrong is forgotten by the next use', async () => {
  const { rig, gatekeeper, make, kept } = await opened();
  const token = await make('one');
  rig.clock.jump(1000 * 24 * hour);
  gatekeeper.used(gatekeeper.require(token, 'invoke'));
  await rig.clock.advance(minute);
  rig.clock.jump(-1000 * 24 * hour);
  const at = rig.clock.now();
  assert.ok(((await kept('one')) ?? 0) > at);
  gatekeeper.used(gatekeeper.require(token, 'invoke'));
  await rig.clock.advance(minute);
  assert.equal(await kept('one'), at);
  await rig.close();
});
