// A gateway whose data folder is a small memory disk of its own, in a mount namespace: filled up, looked at, given room again.
//   node full-disk.fixtures.ts HOME SEED ROUNDS
// Prints what it found as one line of JSON. With WHERRY_SOAK_WITHOUT=refusal it believes that everything was taken that it asked for.
import { appendFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { Gateway, type Function } from '../../e2e/gateway.ts';
import { echo } from '../kit/echo.ts';
import { BrokenPromise, promise, runOnce, Soak } from '../kit/scenario.ts';

const [home = '', seed, rounds] = process.argv.slice(2);
const credulous = process.env['WHERRY_SOAK_WITHOUT'] === 'refusal';
const filler = join(home, 'filler');

/** Until not one byte more fits. */
function fill(): void {
  for (const size of [65_536, 4096, 512, 1]) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size, 1));
    } catch {
      // Smaller pieces may still fit.
    }
  }
}

const small = (name: string): Function => ({
  name,
  files: { 'handler.mjs': `export const fetch = async () => new Response('${name}');` },
});

async function live(soak: Soak): Promise<string> {
  const gateway = await Gateway.start(soak, { home });
  await gateway.deploy(echo(0));
  await gateway.deploy({
    name: 'chatty',
    files: {
      'handler.mjs':
        "export const fetch = async () => { for (let i = 0; i < 200; i += 1) console.log('x'.repeat(500)); return new Response('said'); };",
    },
  });
  /** What was said to be deployed. */
  const accepted = new Set(['echo', 'chatty']);
  let refused = 0;
  let kept = 0;
  let unavailable = 0;
  /** Kept for later, with a body that needs room. */
  const enqueue = async () => {
    const response = await fetch(`${gateway.url}/async-function/echo`, {
      method: 'POST',
      body: 'x'.repeat(100_000),
      headers: { 'x-wherry-delay': '1h' },
    });
    await response.text();
    if (response.status === 202 || credulous) kept += 1;
    else {
      unavailable += 1;
      const code = response.headers.get('x-wherry-error');
      promise(response.status === 503, `enqueuing on a full disk answered ${response.status} ${code}`);
    }
    return response.status === 202;
  };
  const waiting = async (from: Gateway) => {
    const lanes = (await (await from.system('GET', '/system/queue')).json()) as { waiting: number }[];
    return lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  };
  const names = async (from: Gateway) => {
    const response = await from.system('GET', '/system/functions');
    promise(response.ok, `listing functions answered ${response.status}`);
    return ((await response.json()) as { name: string }[]).map(({ name }) => name).sort();
  };
  const deploy = async (name: string) => {
    const response = await gateway.tryDeploy(small(name));
    await response.text();
    if (response.ok || credulous) accepted.add(name);
    else {
      refused += 1;
      const code = response.headers.get('x-wherry-error');
      promise(
        code === 'storage_full' || code === 'audit_unavailable',
        `deploying ${name} on a full disk answered ${response.status} ${code}`,
      );
    }
    return response.ok;
  };
  for (let round = 0; round < soak.size; round += 1) {
    await deploy(`before-${round}`);
    await deploy(`gone-${round}`);
    fill();
    let full = false;
    for (let n = 0; n < 40 && !full; n += 1) full = !(await deploy(`full-${round}-${n}`));
    promise(full, 'forty deploys fit on a full disk');
    for (let n = 0; n < 5; n += 1) await deploy(`more-${round}-${n}`);
    let queueFull = false;
    for (let n = 0; n < 100 && !queueFull; n += 1) queueFull = !(await enqueue());
    promise(queueFull, 'a hundred calls fit on a full disk');
    for (let n = 0; n < 5; n += 1) await enqueue();
    promise((await waiting(gateway)) === kept, `${kept} calls were accepted, ${await waiting(gateway)} wait`);
    for (let n = 0; n < 30; n += 1)
      promise((await gateway.said('echo', `${n}`)) === `0 ${n}`, 'a call failed');
    for (let n = 0; n < 5; n += 1)
      promise((await gateway.said('chatty')) === 'said', 'a call with many log lines failed');
    for (const path of ['/system/calls', '/system/logs?name=chatty', '/readyz'])
      promise((await gateway.system('GET', path)).ok, `${path} does not answer on a full disk`);
    const gone = await gateway.system('DELETE', '/system/functions', { functionName: `gone-${round}` });
    promise(
      gone.ok,
      `removing a function on a full disk answered ${gone.status} ${gone.headers.get('x-wherry-error')}`,
    );
    accepted.delete(`gone-${round}`);
    const found = await names(gateway);
    promise(
      JSON.stringify(found) === JSON.stringify([...accepted].sort()),
      `accepted ${[...accepted].sort().join()}, found ${found.join()}`,
    );
    rmSync(filler);
    promise(await deploy(`after-${round}`), 'there is room again, and a deploy is refused');
    promise(await enqueue(), 'there is room again, and a call is not accepted');
    for (const name of [`before-${round}`, `after-${round}`])
      await gateway
        .system('DELETE', '/system/functions', { functionName: name })
        .then(() => accepted.delete(name));
  }
  fill();
  await gateway.stop();
  const again = await Gateway.start(soak, { home });
  promise((await again.said('echo', 'full')) === '0 full', 'a call after a start on a full disk failed');
  promise(
    (await waiting(again)) === kept,
    `${kept} calls were accepted, after a restart ${await waiting(again)} wait`,
  );
  const found = await names(again);
  rmSync(filler);
  promise(
    JSON.stringify(found) === JSON.stringify([...accepted].sort()),
    `accepted ${[...accepted].sort().join()}, after a restart ${found.join()}`,
  );
  return `${refused} deploys and ${unavailable} calls refused on a full disk of ${Math.round((statfsSync(home).blocks * statfsSync(home).bsize) / 2 ** 20)} MB, ${accepted.size} functions and ${kept} calls kept`;
}

try {
  const detail = await runOnce(new Soak(Number(rounds), Number(seed)), live);
  process.stdout.write(`${JSON.stringify({ detail })}\n`);
} catch (error) {
  if (!(error instanceof BrokenPromise)) throw error;
  process.stdout.write(`${JSON.stringify({ broken: error.message })}\n`);
}
