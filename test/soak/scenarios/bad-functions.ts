import { Gateway, type Function } from '../../e2e/gateway.ts';
import { echo } from '../kit/echo.ts';
import { openLoop, summary } from '../kit/open-loop.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const rate = 100;

/** Each with what its calls or its deployment must say. */
const neverReady: Function = {
  name: 'never-ready',
  files: {
    'handler.mjs':
      "console.log('waiting for a database'); await new Promise(() => setInterval(() => {}, 1000));",
  },
};
const crashesAtStart: Function = {
  name: 'crashes-at-start',
  files: { 'handler.mjs': "console.error('no database'); process.exit(3);" },
};
const ignoresStop: Function = {
  name: 'ignores-stop',
  files: {
    'handler.mjs':
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); export const fetch = async () => new Response('here');",
  },
};
const everyTenth: Function = {
  name: 'every-tenth',
  files: {
    'handler.mjs': `export const fetch = async (request) => {
      const n = Number(await request.text());
      if (n % 10 === 9) process.exit(1);
      return new Response('fine ' + n);
    };`,
  },
};

export const badFunctions: Scenario = {
  id: 'R-06',
  promise: 'functions that never get ready, crash, or ignore the stop signal do not touch the others',
  unit: 'rounds',
  full: 20,
  short: 1,
  prove: (soak) => besideBadOnes(soak, 'echo'),
  controls: [
    {
      without: 'the wall between functions (the load calls the one that crashes)',
      size: 1,
      prove: (soak) => besideBadOnes(soak, 'every-tenth'),
    },
  ],
};

async function besideBadOnes(soak: Soak, called: string): Promise<string> {
  const gateway = await Gateway.start(soak, { args: ['--stop-grace', '500ms'] });
  await gateway.deploy(echo(0));
  await gateway.deploy(everyTenth);
  await gateway.said('echo', 'awake');
  const load = await openLoop(soak, { urls: [`${gateway.url}/function/${called}`], rate });
  // It is given a minute; only the full size waits for its end.
  const stuck = gateway.tryDeploy(neverReady).then(
    async (response) => ({ status: response.status, why: await response.text() }),
    () => undefined,
  );
  let crashed = 0;
  for (let round = 1; round <= soak.size; round += 1) {
    const refused = await gateway.tryDeploy(crashesAtStart);
    const why = await refused.text();
    promise(refused.status >= 400 && why.includes('no database'), `a crash at the start was told as ${why}`);
    await gateway.deploy(ignoresStop);
    promise((await gateway.said('ignores-stop')) === 'here', 'the stubborn one does not answer');
    const gone = await gateway.system('DELETE', '/system/functions', { functionName: 'ignores-stop' });
    promise(gone.ok, `removing the stubborn one answered ${gone.status}`);
    for (let n = 0; n < 20; n += 1) {
      const { status } = await gateway.call('every-tenth', { method: 'POST', body: String(n) });
      if (status !== 200) crashed += 1;
    }
    if (round % 5 === 0) soak.say(`${round} rounds`);
  }
  const end = soak.size > 1 ? await stuck : undefined;
  promise(
    soak.size === 1 || (end !== undefined && end.status >= 400 && end.why.includes('waiting for a database')),
    () => `one that is never ready was told as ${JSON.stringify(end)}`,
  );
  const result = await load.stop();
  promise(result.failed === 0, () => summary(result));
  promise(crashed >= soak.size, 'nothing crashed');
  return `${summary(result)}; ${crashed} calls of the crashing one failed`;
}
