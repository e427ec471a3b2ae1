import { Gateway } from '../../e2e/gateway.ts';
import { answersOf, press, statusesOf } from '../../e2e/pressure.ts';
import { othersUseIt } from '../kit/quiet-machine.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const hello = { 'handler.js': 'module.exports = () => "hello";' };
/** Takes a whole processor for as long as it runs. */
const burner = {
  'handler.js':
    'module.exports = () => { const end = Date.now() + 20; while (Date.now() < end); return "done"; };',
};
/** What a neighbour may add to the 99th percentile. */
const mostMs = 25;

export const noisyNeighbour: Scenario = {
  id: 'L-08',
  promise: 'a quiet function answers as ever while another takes every processor',
  unit: 'seconds',
  full: 20,
  short: 3,
  prove: (soak) => beside(soak, 'noisy'),
  controls: [
    {
      without: 'instances of its own (the quiet calls go to the function that burns)',
      size: 4,
      prove: (soak) => beside(soak, 'quiet'),
    },
  ],
};

async function beside(soak: Soak, noisy: 'noisy' | 'quiet'): Promise<string> {
  const gateway = await Gateway.start(soak);
  const one = { annotations: { 'com.wherry.concurrency': '1' } };
  await gateway.deploy({ name: 'noisy', files: burner, spec: one });
  await gateway.deploy({
    name: 'quiet',
    files: noisy === 'quiet' ? burner : hello,
    spec: noisy === 'quiet' ? one : {},
  });
  const ms = soak.size * 1_000;
  const quiet = { url: `${gateway.url}/function/quiet`, perSecond: 20, ms };
  const alone = answersOf(await press(quiet), 200);
  const others = othersUseIt(); // before our own noise
  const noise = press({ url: `${gateway.url}/function/${noisy}`, clients: 100, ms: ms + 3_000 });
  const pressed = await press(quiet);
  const heard = answersOf(await noise, 200);
  const loud = answersOf(pressed, 200);
  // Others may have come or gone meanwhile.
  const after = answersOf(await press(quiet), 200);
  const usual = Math.max(alone.p50, after.p50);
  const measured = `p99 ${loud.p99.toFixed(1)} ms beside, ${alone.p99.toFixed(1)} ms alone; p50 ${loud.p50.toFixed(1)} and ${usual.toFixed(1)} ms`;
  promise(statusesOf(pressed) === `200: ${loud.count}`, () => `${measured}; ${statusesOf(pressed)}`);
  // Or where the machine has little to give: who waited in the line of the others would wait as long as they do.
  promise(loud.p50 <= Math.max(usual + mostMs, heard.p50 / 4), measured);
  // A hundred callers that burn and the client itself are two processors' worth of load: only a quiet machine tells the tail.
  promise(others !== undefined || soak.size < 10 || loud.p99 <= alone.p99 + mostMs, measured);
  return others === undefined ? measured : `${measured} (${others})`;
}
