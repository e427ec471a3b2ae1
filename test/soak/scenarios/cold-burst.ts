import { Gateway } from '../../e2e/gateway.ts';
import { press, statusesOf } from '../../e2e/pressure.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const calls = 200;
const files = {
  'handler.js':
    'module.exports = async () => { await new Promise((r) => setTimeout(r, 20)); return "done"; };',
};

export const coldBurst: Scenario = {
  id: 'L-10',
  promise: `${calls} calls at once on a sleeping function: not one fails`,
  unit: 'bursts',
  full: 20,
  short: 2,
  prove: (soak) => bursts(soak, {}),
  controls: [
    {
      without: 'the line that those wait in who come before an instance is there',
      size: 1,
      prove: (soak) => bursts(soak, { WHERRY_MAX_WAITING: '1' }),
    },
  ],
};

async function bursts(soak: Soak, env: Readonly<Record<string, string>>): Promise<string> {
  const gateway = await Gateway.start(soak, { env });
  await gateway.deploy({ name: 'asleep', files });
  const took: number[] = [];
  for (let n = 0; n < soak.size; n += 1) {
    await gateway.system('POST', '/system/scale-function/asleep', { replicas: 0 });
    const pressed = await press({ url: `${gateway.url}/function/asleep`, clients: calls, ms: 0 });
    promise(statusesOf(pressed) === `200: ${calls}`, () => statusesOf(pressed));
    took.push(pressed.seconds);
  }
  took.sort((a, b) => a - b);
  return `${soak.size} bursts, all answered; the middle one took ${took[took.length >> 1]?.toFixed(2)} s`;
}
