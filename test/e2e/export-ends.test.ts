// All ends of instances that are kept leave a real gateway, each with its last words, with flat memory.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import type { Exit } from '@wherry/core/instance';
import { openStore } from '@wherry/storage/sqlite/open-store';
import { freshHome, Gateway } from './gateway.ts';
import { take } from './many-calls.ts';

const many = 30_000;
const functions = 10;

const home = freshHome();
after(() => rmSync(home, { recursive: true, force: true }));
const store = await openStore({ home, now: Date.now });
const begin = Date.now() - many;
for (let at = 0; at < many; at += 500)
  await store.logs.ended(Array.from({ length: 500 }, (_, n) => exit(at + n)));
assert.equal(store.losses().exits, 0);
await store.close();
const gateway = await Gateway.start({ after }, { home });

function exit(n: number): Exit {
  const said = Array.from({ length: 20 }, (_, line) => `${n} said ${line} ${'.'.repeat(150)}`);
  return {
    instance: `i${n}`,
    deployment: { namespace: 'shop', name: n === 7 ? 'rare' : `fn-${n % functions}`, version: 1 },
    ...{
      at: begin + n,
      startedAt: begin,
      kind: n % 3 === 0 ? 'exited' : 'stopped',
      reason: 'exited with code 1',
    },
    ...{ exitCode: 1, lastWords: said },
  };
}

// Read at once they take 731 MiB, measured.
test('thirty thousand ends as CSV, and those of one function', async (t) => {
  const rows = (query: string): Promise<number> => take(t, gateway, query, 'ends');
  assert.equal(await rows('format=csv'), many);
  assert.equal(await rows('format=csv&failed=1'), many / 3);
  assert.equal(await rows('format=csv&function=fn-3&namespace=shop'), many / functions);
});

test('who may see one function finds how its instance ended, however many others have since', async () => {
  const made = await gateway.system('POST', '/system/tokens', {
    ...{ name: 'one', scopes: ['read'], functions: 'shop/rare' },
  });
  const { token } = (await made.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const found = await fetch(`${gateway.url}/system/instances/ended?limit=10`, { headers });
  const ended = (await found.json()) as readonly { instance: string }[];
  assert.deepEqual(
    ended.map(({ instance }) => instance),
    ['i7'],
  );
});
