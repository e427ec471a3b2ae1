import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Gateway } from './gateway.ts';
import { answersOf, press, type Pressed, promised, statusesOf } from './pressure.ts';

const places = 8;
/** The promise is 0.8; the peak was measured some seconds before, on a machine that others use too. */
const share = 0.75;
const slow = {
  'handler.js':
    'module.exports = async () => { await new Promise((r) => setTimeout(r, 100)); return "done"; };',
};

/** The address of a function that has one instance with eight places for calls of 100 ms. */
async function busy(t: TestContext, annotations: Readonly<Record<string, string>>): Promise<string> {
  const gateway = await Gateway.start(t);
  const spec = {
    labels: { 'com.openfaas.scale.max': '1' },
    annotations: { 'com.wherry.concurrency': String(places), ...annotations },
  };
  await gateway.deploy({ name: 'busy', files: slow, spec });
  return `${gateway.url}/function/busy`;
}

/** Answers a second at its best. */
async function peakOf(url: string): Promise<number> {
  const best = await press({ url, clients: places, ms: 2_000 });
  return answersOf(best, 200).count / best.seconds;
}

function told(t: TestContext, peak: number, pressed: Pressed): number {
  const goodput = answersOf(pressed, 200).count / pressed.seconds;
  const { p50, p95, p99 } = answersOf(pressed, 429);
  const refused = [p50, p95, p99].map((ms) => ms.toFixed(1)).join(', ');
  t.diagnostic(`${goodput.toFixed(0)} of ${peak.toFixed(0)} answers a second; ${statusesOf(pressed)}`);
  t.diagnostic(`refused after ${refused} ms (50th, 95th, 99th)`);
  return goodput;
}

test('five times too many calls: as many are answered as at the peak, the rest are refused at once', async (t) => {
  const url = await busy(t, { 'com.wherry.timeout': '2s' });
  const measure = async () => {
    const peak = await peakOf(url);
    const pressed = await press({ url, perSecond: peak * 5, ms: 5_000 });
    const goodput = told(t, peak, pressed);
    const refused = answersOf(pressed, 429);
    assert.ok(refused.count > 0);
    assert.deepEqual([pressed.broken, pressed.withoutRetryAfter], [0, 0]);
    return { peak, goodput, refused, late: answersOf(pressed, 504).count };
  };
  // The promise is for all that are refused; on a machine that others use too, only the middle can be told from their doing.
  await promised(
    measure,
    ({ peak, goodput, refused, late }) =>
      goodput >= share * peak && refused.p50 <= 50 && late <= 0.02 * refused.count,
    ({ peak, goodput, refused, late }) =>
      `${goodput.toFixed(0)} answers a second of ${peak.toFixed(0)}, refused after ${refused.p50.toFixed(1)} ms, ${late} of ${refused.count} waited for nothing`,
  );
});

test('three hundred callers at once, each with patience for its turn: all are answered, at the pace of the peak', async (t) => {
  const url = await busy(t, {});
  const measure = async () => {
    const peak = await peakOf(url);
    const pressed = await press({ url, clients: 300, ms: 4_000 });
    assert.equal(statusesOf(pressed), `200: ${answersOf(pressed, 200).count}`);
    return { peak, goodput: told(t, peak, pressed) };
  };
  await promised(
    measure,
    ({ peak, goodput }) => goodput >= share * peak,
    ({ peak, goodput }) => `${goodput.toFixed(0)} answers a second of ${peak.toFixed(0)}`,
  );
});

test('two hundred calls at once on a sleeping function: not one fails', async (t) => {
  const gateway = await Gateway.start(t);
  const one = { 'handler.py': 'import time\ndef handle(req):\n    time.sleep(0.02)\n    return req\n' };
  const functions = [
    { name: 'many', files: slow },
    { name: 'single', files: one },
  ];
  for (const fn of functions) {
    await gateway.deploy(fn);
    await gateway.system('POST', `/system/scale-function/${fn.name}`, { replicas: 0 });
    const url = `${gateway.url}/function/${fn.name}`;
    const pressed = await press({ url, clients: 200, ms: 0 });
    t.diagnostic(`${fn.name}: ${statusesOf(pressed)} in ${pressed.seconds.toFixed(2)} s`);
    assert.equal(statusesOf(pressed), '200: 200');
  }
});
