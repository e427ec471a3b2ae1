import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, random, Rig } from '../rig.fixtures.ts';

// Calls that arrive in the moment in which a function falls asleep, 100,000 times, in an order that the seed decides.
// `WHERRY_TEST_SEED=N` runs one round of them again.
const races = 100_000;
const racesInRound = 250;
const only = process.env['WHERRY_TEST_SEED'];

/** One round: a function that sleeps after 100 ms, and calls that come close to that moment. Throws what went wrong. */
async function round(seed: number): Promise<void> {
  const next = random(seed);
  const rig = await Rig.open({ concurrency: 1 + next(3) });
  const { clock, provider, forwarder } = rig;
  const answers: Answer[] = [];
  let wrong = '';

  // The law: an instance with a call in flight is not stopped by idling.
  const stop = provider.stop.bind(provider);
  provider.stop = (instance, graceMs) => {
    const open = rig.inFlight(instance);
    if (open > 0) wrong ||= `${instance} was stopped with ${open} calls in flight at ${clock.monotonic()} ms`;
    return stop(instance, graceMs);
  };
  forwarder.script = () => {
    const ms = next(4) === 0 ? 90 + next(200) : next(20);
    return next(5) === 0
      ? { status: 200, chunks: [Buffer.from('x')], afterMs: ms }
      : { status: 200, afterMs: ms };
  };
  await rig.deploy('racer', { labels: { 'com.openfaas.scale.zero-duration': '100ms' } });

  for (let race = 0; race < racesInRound; race++) {
    provider.startMs = next(3) === 0 ? next(60) : 0;
    provider.stopMs = next(3) === 0 ? next(300) : 0;
    // Bedtime looks every 250 ms; most calls come within a few of it.
    const bedtime = 250 - (clock.monotonic() % 250);
    await clock.advance(Math.max(0, bedtime + (next(2) === 0 ? 0 : next(9) - 4)));
    for (let calls = 1 + next(3); calls > 0; calls--) {
      answers.push(rig.call('racer'));
      if (next(2) === 0) await clock.advance(next(3));
    }
    if (next(10) === 0) answers.at(-1)?.call.cancel('caller_gone');
    if (next(40) === 0) void rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'racer' }, 0);
  }
  await clock.advance(2_000);
  for (const [i, { ended, status, call }] of answers.entries()) {
    if (!ended) wrong ||= `call ${i} was never answered`;
    else if (status !== 200 && call.cancelled === undefined)
      wrong ||= `call ${i} was answered ${status}: ${call.error?.message}`;
  }
  if (rig.running.length > 0) wrong ||= `${rig.running.join()} never slept`;
  if (rig.platform.budget.reservedBytes !== 0)
    wrong ||= `${rig.platform.budget.reservedBytes} bytes stay reserved`;
  if (rig.stops.length < racesInRound / 20)
    wrong ||= `it slept ${rig.stops.length} times only: this was no race`;
  assert.equal(wrong, '', `seed ${seed} (run again with WHERRY_TEST_SEED=${seed})`);
}

test(`in ${races} races between falling asleep and a new call, no call is lost`, {
  timeout: 170_000,
}, async (t) => {
  const first = only === undefined ? 1 : Number(only);
  const last = only === undefined ? races / racesInRound : first;
  t.diagnostic(`seeds ${first} to ${last}`);
  for (let seed = first; seed <= last; seed++) await round(seed);
});
