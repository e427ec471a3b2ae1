import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';
import { answersOf, type Answers, press, promised, statusesOf } from './pressure.ts';

const hello = { 'handler.js': 'module.exports = () => "hello";' };
/** Takes a whole processor for as long as it runs. */
const burner = {
  'handler.js':
    'module.exports = () => { const end = Date.now() + 20; while (Date.now() < end); return "done"; };',
};

const inWords = ({ p50, p95, p99 }: Answers): string => [p50, p95, p99].map((ms) => ms.toFixed(1)).join(', ');

// The promise is for the 99th of 100; on a machine that others use too, only the middle can be told from their doing.
for (const { what, files, spec, clients } of [
  {
    what: 'burns every processor',
    files: burner,
    spec: { annotations: { 'com.wherry.concurrency': '1' } },
    clients: 100,
  },
  { what: 'is called as fast as the gateway can', files: hello, spec: {}, clients: 32 },
])
  test(`a quiet function answers as ever while another ${what}`, async (t) => {
    const gateway = await Gateway.start(t);
    await gateway.deploy({ name: 'quiet', files: hello });
    await gateway.deploy({ name: 'noisy', files, spec });
    const quiet = { url: `${gateway.url}/function/quiet`, perSecond: 20, ms: 2_500 };
    const measure = async (): Promise<{ alone: Answers; beside: Answers }> => {
      const alone = answersOf(await press(quiet), 200);
      const noise = press({ url: `${gateway.url}/function/noisy`, clients, ms: 6_000 });
      const pressed = await press(quiet);
      const beside = answersOf(pressed, 200);
      t.diagnostic(`alone ${inWords(alone)} ms; beside ${inWords(beside)} ms (50th, 95th, 99th)`);
      t.diagnostic(`noise: ${statusesOf(await noise)}`);
      assert.equal(statusesOf(pressed), `200: ${beside.count}`);
      return { alone, beside };
    };
    await promised(
      measure,
      ({ alone, beside }) => beside.p50 <= alone.p50 + 25,
      ({ alone, beside }) => `${inWords(beside)} ms beside, ${inWords(alone)} ms alone`,
    );
  });
