import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Gateway } from '../../e2e/gateway.ts';
import { lackingHistory, putEarlierRelease } from '../kit/earlier-release.ts';
import { echo } from '../kit/echo.ts';
import { openLoop, summary } from '../kit/open-loop.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const rate = 200;

export const upgrade: Scenario = {
  id: 'R-04',
  promise:
    'an upgrade keeps functions, tokens, secrets and namespaces; going back is refused with the remedy',
  unit: 'upgrades',
  full: 5,
  short: 1,
  lacking: lackingHistory,
  prove: (soak) => upgradeUnderLoad(soak, (home) => home),
  controls: [
    {
      without: 'the data folder (the new one starts with an empty one)',
      size: 1,
      prove: (soak) => upgradeUnderLoad(soak, () => soak.folder()),
    },
  ],
};

async function upgradeUnderLoad(soak: Soak, nextHome: (home: string) => string): Promise<string> {
  const clone = join(soak.folder(), 'earlier');
  mkdirSync(clone);
  putEarlierRelease(clone);
  const lines: string[] = [];
  for (let n = 0; n < soak.size; n += 1) lines.push(await upgradeOnce(soak, clone, nextHome));
  return lines.at(-1) ?? '';
}

async function upgradeOnce(soak: Soak, clone: string, nextHome: (home: string) => string): Promise<string> {
  const home = soak.folder();
  const old = await Gateway.start(soak, { home, clone });
  const token = await fill(old);
  const before = await openLoop(soak, { urls: [`${old.url}/function/echo`], rate });
  for (let n = 0; n < 30; n += 1) await old.said('echo', 'x');
  const first = await before.stop();
  promise(first.failed === 0, () => `before: ${summary(first)}`);
  const stoppedAt = performance.now();
  promise((await old.stop('SIGTERM')) === 0, 'the earlier release did not end in good order');
  const upgraded = await Gateway.start(soak, {
    home: nextHome(home),
    args: ['--port', new URL(old.url).port],
  });
  const away = Math.round(performance.now() - stoppedAt);
  promise(
    (await upgraded.said('echo', 'x').catch(String)) === '1 x',
    'the function does not answer after the upgrade',
  );
  const after = await openLoop(soak, { urls: [`${upgraded.url}/function/echo`], rate });
  await check(upgraded, token);
  for (let n = 0; n < 30; n += 1) await upgraded.said('echo', 'x');
  const second = await after.stop();
  promise(second.failed === 0, () => `after: ${summary(second)}`);
  await upgraded.stop('SIGTERM');
  const { code, output } = await Gateway.refused({ home, clone });
  promise(code === 1, `the earlier release opened the newer data folder, and ended with ${code}`);
  promise(/knows schemas up to \d+.*Next: \S/.test(output), `going back was refused with ${output}`);
  return `${away} ms between the two; ${summary(second)}`;
}

/** What must come over. Resolves with a token that may read. */
async function fill(gateway: Gateway): Promise<string> {
  const made = async (response: Promise<Response>) => {
    const answer = await response;
    if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status} ${await answer.text()}`);
    return answer;
  };
  await made(gateway.system('POST', '/system/secrets', { name: 'password', value: 'open sesame' }));
  await made(gateway.system('POST', '/system/namespace/', { name: 'team' }));
  await gateway.deploy(echo(1));
  const source = `import { readFileSync } from 'node:fs';
    export const fetch = async () => new Response(readFileSync('/var/openfaas/secrets/password'));`;
  await gateway.deploy({ name: 'teller', files: { 'handler.mjs': source }, spec: { secrets: ['password'] } });
  const token = await made(gateway.system('POST', '/system/tokens', { name: 'ci', scopes: ['read'] }));
  return ((await token.json()) as { token: string }).token;
}

async function check(gateway: Gateway, token: string): Promise<void> {
  const listed = await fetch(`${gateway.url}/system/functions`, {
    headers: { authorization: `Bearer ${token}` },
  });
  promise(listed.ok, `the token answers ${listed.status} after the upgrade`);
  const names = ((await listed.json()) as { name: string }[]).map(({ name }) => name).sort();
  promise(names.join() === 'echo,teller', `after the upgrade there are ${names.join()}`);
  promise((await gateway.said('teller')) === 'open sesame', 'the secret is another one');
  const namespaces = await (await gateway.system('GET', '/system/namespaces')).text();
  promise(namespaces.includes('team'), `the namespaces are ${namespaces}`);
  promise((await gateway.system('GET', '/system/functions')).ok, 'the admin token is another one');
}
