import { Gateway } from '../../e2e/gateway.ts';
import { answersOf, press, statusesOf } from '../../e2e/pressure.ts';
import { othersUseIt } from '../kit/quiet-machine.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const places = 8;
/** Waits: what is measured is the gateway, and not how many processors there are. */
const waiting =
  'module.exports = async () => { await new Promise((r) => setTimeout(r, 20)); return "done"; };';
/** Computes: with too many at once, each is late. */
const computing =
  'module.exports = () => { const end = Date.now() + 20; while (Date.now() < end); return "done"; };';

export const overload: Scenario = {
  id: 'L-03',
  promise:
    'with five times more calls than there is room for, four fifths of the peak are answered and the rest refused at once',
  unit: 'seconds',
  full: 20,
  short: 3,
  prove: (soak) => pressed(soak, waiting, places),
  controls: [
    {
      without: 'the limit of calls at once (a computing function takes all that come)',
      size: 6,
      prove: (soak) => pressed(soak, computing, 10_000),
    },
  ],
};

async function pressed(soak: Soak, code: string, concurrency: number): Promise<string> {
  const gateway = await Gateway.start(soak);
  await gateway.deploy({
    name: 'busy',
    files: { 'handler.js': code },
    spec: {
      labels: { 'com.openfaas.scale.max': '1' },
      annotations: { 'com.wherry.concurrency': String(concurrency), 'com.wherry.timeout': '2s' },
    },
  });
  const url = `${gateway.url}/function/busy`;
  const best = await press({ url, clients: places, ms: 2_000 });
  const peak = answersOf(best, 200).count / best.seconds;
  const over = await press({ url, perSecond: peak * 5, ms: soak.size * 1_000 });
  const goodput = answersOf(over, 200).count / over.seconds;
  const refused = answersOf(over, 429);
  const measured = `${goodput.toFixed(0)} of ${peak.toFixed(0)} answers a second; refused after ${refused.p50.toFixed(1)} ms, p99 ${refused.p99.toFixed(1)} ms; ${statusesOf(over)}`;
  promise(over.broken === 0 && over.withoutRetryAfter === 0, measured);
  const others = othersUseIt();
  // Even beside others, and in the few seconds of the short size, it must not collapse.
  const share = others === undefined && soak.size > overload.short ? 0.8 : 0.5;
  promise(goodput >= share * peak, measured);
  return others === undefined ? measured : `${measured} (${others})`;
}
