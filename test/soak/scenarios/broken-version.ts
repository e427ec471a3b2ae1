import { Gateway } from '../../e2e/gateway.ts';
import { echo } from '../kit/echo.ts';
import { openLoop, summary } from '../kit/open-loop.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const rate = 200;

export const brokenVersion: Scenario = {
  id: 'R-07',
  promise: 'a version that does not start changes nothing: the old one serves on, and the answer says why',
  unit: 'broken deploys',
  full: 50,
  short: 3,
  prove: (soak) => deployBroken(soak, false),
  controls: [
    {
      without: 'the old version (it is removed first)',
      size: 1,
      prove: (soak) => deployBroken(soak, true),
    },
  ],
};

async function deployBroken(soak: Soak, removeFirst: boolean): Promise<string> {
  const gateway = await Gateway.start(soak);
  await gateway.deploy(echo(1));
  const load = await openLoop(soak, { urls: [`${gateway.url}/function/echo`], rate });
  for (let n = 1; n <= soak.size; n += 1) {
    if (removeFirst) await gateway.system('DELETE', '/system/functions', { functionName: 'echo' });
    const reason = `broken on purpose ${n}`;
    const files = { 'handler.mjs': `throw new Error(${JSON.stringify(reason)});` };
    const response = await gateway.tryDeploy({ name: 'echo', files });
    const said = await response.text();
    promise(response.status >= 400, `the broken version was taken: ${response.status}`);
    promise(said.includes(reason), `the answer does not say why: ${said}`);
    const answer = await gateway.said('echo', 'x').catch((error: Error) => error.message);
    promise(answer === '1 x', `after a broken deploy the function answered ${answer}`);
  }
  const result = await load.stop();
  promise(result.failed === 0, () => summary(result));
  return summary(result);
}
