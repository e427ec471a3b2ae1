import { Gateway } from '../../e2e/gateway.ts';
import { echo } from '../kit/echo.ts';
import { openLoop, summary } from '../kit/open-loop.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

/** What two cores carry with room for the starts of new versions. */
const rate = 500;

type Redeploy = (gateway: Gateway, version: number) => Promise<void>;

const deploy: Redeploy = async (gateway, version) => {
  const response = await gateway.tryDeploy(echo(version));
  promise(response.ok, `version ${version} was not deployed: ${response.status}`);
};

export const redeploys: Scenario = {
  id: 'R-01',
  promise: 'redeploys under load fail no call',
  unit: 'redeploys',
  full: 100,
  short: 8,
  prove: (soak) => redeployUnderLoad(soak, deploy),
  controls: [
    {
      without: 'the old version that serves until the new one has loaded (it is removed first)',
      size: 3,
      prove: (soak) =>
        redeployUnderLoad(soak, async (gateway, version) => {
          await gateway.system('DELETE', '/system/functions', { functionName: 'echo' });
          await deploy(gateway, version);
        }),
    },
  ],
};

async function redeployUnderLoad(soak: Soak, redeploy: Redeploy): Promise<string> {
  const gateway = await Gateway.start(soak);
  await gateway.deploy(echo(0));
  await gateway.said('echo', 'awake');
  const load = await openLoop(soak, { urls: [`${gateway.url}/function/echo`], rate });
  for (let version = 1; version <= soak.size; version += 1) {
    await redeploy(gateway, version);
    promise(
      (await gateway.said('echo', 'x')) === `${version} x`,
      `version ${version} is not the one that answers`,
    );
    if (version % 20 === 0) soak.say(`${version} redeploys`);
  }
  const result = await load.stop();
  promise(result.failed === 0, () => summary(result));
  return summary(result);
}
