import assert from 'node:assert/strict';
import test from 'node:test';
import { peers } from './peers.ts';

test('a peer is an address, and its processes when they are known', () => {
  const found = peers({
    WHERRY_BENCH_PEER_OPEN_FAAS: 'http://127.0.0.1:9000/function/echo',
    WHERRY_BENCH_PEER_OPEN_FAAS_PIDS: String(process.pid),
    WHERRY_BENCH_PEER_BARE: 'http://127.0.0.1:9001/',
    HOME: '/root',
  });
  assert.deepEqual(
    found.map(({ name, url }) => [name, url]),
    [
      ['open-faas', 'http://127.0.0.1:9000/function/echo'],
      ['bare', 'http://127.0.0.1:9001/'],
    ],
  );
  assert.equal(found[1]?.cpu, undefined);
  if (process.platform === 'linux') assert.ok((found[0]?.cpu?.seconds() ?? 0) > 0);
});

test('what is no address or no process id is refused by name', () => {
  assert.throws(() => peers({ WHERRY_BENCH_PEER_X: 'nine' }), /WHERRY_BENCH_PEER_X: nine/);
  assert.throws(
    () => peers({ WHERRY_BENCH_PEER_X: 'http://a/', WHERRY_BENCH_PEER_X_PIDS: '1,b' }),
    /WHERRY_BENCH_PEER_X_PIDS/,
  );
});
