// Whoever asks for much at once, and reads none of it, keeps nobody else from asking.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.ts';

const gateway = await Gateway.start({ after });
const greedy: Record<string, string> = {};
const gone = new AbortController();
after(() => gone.abort());

before(async () => {
  const wish = { name: 'greedy', scopes: ['read'], functions: 'team-b/*' };
  const made = await gateway.system('POST', '/system/tokens', wish);
  greedy['authorization'] = `Bearer ${((await made.json()) as { token: string }).token}`;
});

const ask = (headers: Readonly<Record<string, string>>, path: string): Promise<Response> =>
  fetch(`${gateway.url}${path}`, { headers, signal: gone.signal });

/** Sixty series of eleven thousand points out of nothing: twenty megabytes, for a token that may see no function at all. */
function large(): string {
  const all = Array.from({ length: 60 }, (_, i) => `label_replace(vector(time()/7),"a","${i}","","")`);
  const tree = (parts: readonly string[]): string =>
    parts.length === 1
      ? String(parts[0])
      : `(${tree(parts.slice(0, parts.length / 2))} or ${tree(parts.slice(parts.length / 2))})`;
  const end = Math.floor(Date.now() / 1000);
  const asked = { query: tree(all), start: String(end - 10_990), end: String(end), step: '1' };
  return `/api/v1/query_range?${new URLSearchParams(asked)}`;
}

test('large answers that nobody reads keep their asker waiting, and others are answered', async () => {
  const unread = await Promise.all([ask(greedy, large()), ask(greedy, large())]);
  assert.deepEqual(
    unread.map(({ status }) => status),
    [200, 200],
  );
  const small = '/api/v1/query?query=1&timeout=1s';
  const waited = await ask(greedy, small);
  assert.deepEqual([waited.status, /query_out_of_time/.test(await waited.text())], [503, true]);
  const others = await ask(gateway.admin, small);
  assert.equal(others.status, 200);
  await Promise.all(unread.map((answer) => answer.text()));
  assert.equal((await ask(greedy, small)).status, 200);
});

test('a token signs in fifty browsers, also by way of these; then the first is signed out', async () => {
  const post = (path: string, headers: Readonly<Record<string, string>>, body: object) =>
    fetch(`${gateway.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const signIn = async (as: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
    const link = (await (await post('/system/dashboard/link', as, {})).json()) as { url: string };
    const code = link.url.split('code=')[1];
    const made = await post('/system/dashboard/sign-in', {}, { code });
    return { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
  };
  const info = async (as: Readonly<Record<string, string>>): Promise<number> =>
    (await ask(as, '/system/info')).status;
  const first = await signIn(greedy);
  let latest = await signIn(first);
  for (let n = 2; n < 50; n++) latest = await signIn(latest);
  assert.equal(await info(first), 200);
  latest = await signIn(latest);
  assert.deepEqual([await info(first), await info(latest), await info(greedy)], [401, 200, 200]);
});
