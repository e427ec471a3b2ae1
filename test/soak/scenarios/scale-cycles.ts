import { Gateway } from '../../e2e/gateway.ts';
import { processesUnder } from '../../e2e/machine.ts';
import { echo } from '../kit/echo.ts';
import { openLoop, summary } from '../kit/open-loop.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const rate = 300;
const cycle = [10, 1, 0, 1] as const;

type Scale = (gateway: Gateway, replicas: number) => Promise<void>;

const scale: Scale = async (gateway, replicas) => {
  const response = await gateway.system('POST', '/system/scale-function/echo', {
    serviceName: 'echo',
    replicas,
  });
  promise(response.ok, `scaling to ${replicas} answered ${response.status}`);
};

export const scaleCycles: Scenario = {
  id: 'R-02',
  promise: 'scaling 1 → 10 → 1 → 0 → 1 under load fails no call',
  unit: 'cycles',
  full: 50,
  short: 4,
  lacking: () => (process.platform === 'linux' ? undefined : 'needs Linux'),
  prove: (soak) => scaleUnderLoad(soak, scale),
  controls: [
    {
      without: 'the drain: instances are killed instead of scaled down',
      size: 1,
      prove: (soak) =>
        scaleUnderLoad(soak, async (gateway, replicas) => {
          if (replicas === 10) return scale(gateway, replicas);
          for (const one of instances(gateway)) kill(one.pid);
        }),
    },
  ],
};

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went with one that was killed before it.
  }
}

const instances = (gateway: Gateway) => processesUnder(gateway.process.pid as number);

async function scaleUnderLoad(soak: Soak, change: Scale): Promise<string> {
  const gateway = await Gateway.start(soak);
  await gateway.deploy(echo(0));
  const load = await openLoop(soak, { urls: [`${gateway.url}/function/echo`], rate });
  for (let n = 1; n <= soak.size; n += 1) {
    for (const replicas of cycle) {
      await change(gateway, replicas);
      // A few calls with so many instances, before the next change.
      for (let i = 0; i < 20; i += 1) await gateway.said('echo', String(i)).catch(() => undefined);
    }
    if (n % 10 === 0) soak.say(`${n} cycles`);
  }
  const result = await load.stop();
  promise(result.failed === 0, () => summary(result));
  return summary(result);
}
