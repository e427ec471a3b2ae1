import { freePort } from '@wherry/testkit/free-port';
import { Gateway } from '../../e2e/gateway.ts';
import { Balancer } from '../kit/balancer.ts';
import { Collector } from '../kit/collector.ts';
import { echo } from '../kit/echo.ts';
import { openLoop, summary } from '../kit/open-loop.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const rate = 200;
/** Long enough that some calls are under way whenever the signal comes. */
const callMs = 40;
/** Balancers look again, and clients let go of idle connections, well within the notice. */
const args = ['--stop-notice', '1s'];
const idleMs = 250;

export const stopSignal: Scenario = {
  id: 'R-03',
  promise:
    'a stop signal under load: behind a balancer no call fails; alone, what was begun is answered and the rest is told',
  unit: 'restarts',
  full: 20,
  short: 2,
  async prove(soak) {
    const balanced = await restartBehindBalancer(soak, { asks: true, signal: 'SIGTERM' });
    let alone = '';
    for (let n = 0; n < soak.size; n += 4) alone = await stopAlone(soak, 'SIGTERM');
    return `${balanced}; alone: ${alone}`;
  },
  controls: [
    {
      without: 'the look of the balancer at /readyz',
      size: 2,
      prove: (soak) => restartBehindBalancer(soak, { asks: false, signal: 'SIGTERM' }),
    },
    { without: 'the orderly end (kill -9)', size: 1, prove: (soak) => stopAlone(soak, 'SIGKILL') },
  ],
};

interface Restart {
  readonly asks: boolean;
  readonly signal: NodeJS.Signals;
}

/** Two gateways, restarted in turn on the ports that they have. */
async function restartBehindBalancer(soak: Soak, { asks, signal }: Restart): Promise<string> {
  const homes = [soak.folder(), soak.folder()];
  const start = (home: string, port: string) =>
    Gateway.start(soak, { home, args: [...args, '--port', port] });
  const gateways = await Promise.all(homes.map(async (home) => start(home, String(await freePort()))));
  await Promise.all(gateways.map((gateway) => gateway.deploy(echo(0, {}, callMs))));
  const balancer = new Balancer(
    gateways.map(({ url }) => url),
    asks,
  );
  await balancer.open();
  soak.after(() => balancer.close());
  // Half of the calls by connections of their own, which are led anew each time.
  const url = `${balancer.url}/function/echo`;
  const loads = await Promise.all(
    [{}, { connection: 'close' }].map((headers) =>
      openLoop(soak, { urls: [url], rate: rate / 2, headers, idleMs }),
    ),
  );
  for (let n = 0; n < soak.size; n += 1) {
    const [at, home] = [n % 2, homes[n % 2] as string];
    const old = gateways[at] as Gateway;
    const { port } = new URL(old.url);
    promise((await old.stop(signal)) === 0, 'the gateway did not end in good order');
    gateways[at] = await start(home, port);
    // The other one may go only when the balancer knows this one again; a call by the gateway itself wakes its function.
    await gateways[at].said('echo', 'awake');
    for (let looked = 0; looked < 3; looked += 1) await fetch(`${gateways[at].url}/readyz`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const results = await Promise.all(loads.map((load) => load.stop()));
  for (const result of results) promise(result.failed === 0, () => summary(result));
  return results.map(summary).join('; with a connection each: ');
}

/** One gateway, told to stop while calls come. Every call that reached the function must be answered. */
async function stopAlone(soak: Soak, signal: NodeJS.Signals): Promise<string> {
  const collector = new Collector();
  await collector.open();
  soak.after(() => collector.close());
  const gateway = await Gateway.start(soak, { args });
  await gateway.deploy(collector.reporter('report', {}, callMs));
  const order = { urls: [`${gateway.url}/function/report`], rate, echoes: false, idleMs };
  const load = await openLoop(soak, order);
  for (let n = 0; n < 30; n += 1) await gateway.said('report', 'x');
  await gateway.stop(signal);
  const result = await load.stop();
  const begun = result.failures.filter(({ n }) => collector.effects.has(String(n)));
  promise(begun.length === 0, () => `${begun.length} calls were begun and not answered: ${summary(result)}`);
  const { '200': answered = 0, '503 stopping': told = 0, ECONNREFUSED: after = 0 } = result.statuses;
  promise(answered > 0, () => `nothing was answered: ${summary(result)}`);
  // A connection that was made in the instant in which the listener closed was never given to anybody.
  return `${answered} answered, ${told} told that it stops, ${after} after its end, ${result.failed - told - after} in between`;
}
