import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig, settle } from '../rig.fixtures.ts';
import { RateLimits } from './rate-limits.ts';

test('a bucket gives what it holds at once, and then as fast as it fills', () => {
  const limits = new RateLimits();
  const rate = { calls: 3, perMs: 1000 };
  const waits = (...times: number[]) => times.map((now) => Math.round(limits.take('a', rate, now)));
  assert.deepEqual(waits(0, 0, 0, 0), [0, 0, 0, 333]);
  assert.deepEqual(waits(200, 334, 335), [133, 0, 332]);
  assert.deepEqual(waits(10_000, 10_000, 10_000, 10_000), [0, 0, 0, 333], 'never more than it holds');
  assert.equal(limits.take('b', rate, 10_000), 0, 'others have buckets of their own');
});

test('a function is called no faster than it says, whoever calls, and the rest hears when to come back', async () => {
  const rig = await Rig.open();
  await rig.deploy('limited', { annotations: { 'com.wherry.rate-limit': '2/s' } });
  await rig.deploy('free');
  const from = (address: string) => ({ from: { address, host: 'h', scheme: 'http' as const } });
  const calls = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => rig.call('limited', from(address)));
  const other = rig.call('free');
  await settle();
  assert.deepEqual(
    calls.map(({ status }) => status),
    [200, 200, 429],
  );
  assert.deepEqual([calls[2]?.code, calls[2]?.failure?.retryAfterS, other.status], ['rate_limited', 1, 200]);
  assert.match(
    calls[2]?.failure?.message ?? '',
    /limited.openfaas-fn takes 2 calls in 1 s \(com\.wherry\.rate-limit\)/,
  );
  await rig.clock.advance(500);
  const later = rig.call('limited');
  await settle();
  assert.equal(later.status, 200);
  await rig.deploy('limited', { annotations: { 'com.wherry.rate-limit': '2/s' } });
  const anew = rig.call('limited');
  await settle();
  assert.equal(anew.status, 429, 'a new version does not fill it again');
  await rig.close();
});

test('each client has its own share: who has a token by its name, others by address', async () => {
  const rig = await Rig.open();
  await rig.deploy('shared', { annotations: { 'com.wherry.rate-limit-per-client': '1/m' } });
  const { token } = await rig.platform.tokens.create(
    { name: 'shop', scopes: ['invoke'], functions: '*' },
    { name: 'admin', scopes: ['admin'], functions: '*' },
  );
  const from = (address: string, authorization?: string) => ({
    from: { address, host: 'h', scheme: 'http' as const },
    ...(authorization === undefined ? {} : { authorization }),
  });
  const calls = [
    rig.call('shared', from('192.0.2.1')),
    rig.call('shared', from('192.0.2.1')),
    rig.call('shared', from('192.0.2.2')),
    rig.call('shared', from('192.0.2.2', `Bearer ${token}`)),
    rig.call('shared', from('192.0.2.9', `Bearer ${token}`)),
  ];
  await settle();
  assert.deepEqual(
    calls.map(({ status }) => status),
    [200, 429, 200, 200, 429],
  );
  await rig.close();
});
