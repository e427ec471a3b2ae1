import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';

test('samples are there at the first start; one that was removed does not come back', async (t) => {
  const home = freshHome();
  const start = (): Promise<Gateway> => Gateway.start(t, { home, args: ['--samples'] });
  const names = async (gateway: Gateway): Promise<string[]> => {
    const answer = await gateway.system('GET', '/system/functions');
    return ((await answer.json()) as readonly { name: string }[]).map(({ name }) => name).sort();
  };
  let gateway = await start();
  const first = await names(gateway);
  assert.ok(first.includes('hello-node'), first.join());
  const { status } = await gateway.system('DELETE', '/system/functions', { functionName: 'hello-node' });
  assert.equal(status, 202);
  await gateway.stop();
  gateway = await start();
  assert.deepEqual(
    await names(gateway),
    first.filter((name) => name !== 'hello-node'),
  );
  await gateway.stop();
  rmSync(home, { recursive: true });
});
