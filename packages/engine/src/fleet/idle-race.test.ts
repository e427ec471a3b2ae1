import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, random, Rig } from '../rig.fixtures.ts';

// Calls that arrive in the moment in which a function falls asleep or gets fewer instances, in an order that the seed decides.
// `WHERRY_TEST_SEED=N` runs one round of them again.
const racesInRound = 250;
const only = process.env['WHERRY_TEST_SEED'];

/** What ends instances: nothing to do for 100 ms, or the scaler, which looks every second and finds that fewer are enough. */
interface Ending {
  readonly labels: Readonly<Record<string, string>>;
  /** When it looks. */
  readonly everyMs: number;
  /** What it is written down as. */
  readonly kind: 'sleep' | 'down';
  readonly races: number;
}

const falling: Ending = {
  labels: { 'com.openfaas.scale.zero-duration': '100ms' },
  everyMs: 250,
  kind: 'sleep',
  races: 100_000,
};
const shrinking: Ending = {
  labels: { 'com.openfaas.scale.down.window': '0s' },
  everyMs: 1_000,
  kind: 'down',
  races: 30_000,
};

/** One round: a function, and calls that come close to the moment in which its instances end. Throws what went wrong. */
async function round(seed: number, { labels, everyMs, kind }: Ending): Promise<void> {
  const next = random(seed);
  const rig = await Rig.open({ concurrency: 1 + next(3) });
  const { clock, provider, forwarder } = rig;
  const answers: Answer[] = [];
  let wrong = '';

  // The law: an instance with a call in flight is not stopped because there is too little to do.
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
  await rig.deploy('racer', { labels });

  for (let race = 0; race < racesInRound; race++) {
    provider.startMs = next(3) === 0 ? next(60) : 0;
    provider.stopMs = next(3) === 0 ? next(300) : 0;
    // Most calls come within a few milliseconds of the look.
    const look = everyMs - (clock.monotonic() % everyMs);
    await clock.advance(Math.max(0, look + (next(2) === 0 ? 0 : next(9) - 4)));
    for (let calls = 1 + next(kind === 'down' ? 8 : 3); calls > 0; calls--) {
      answers.push(rig.call('racer'));
      if (next(2) === 0) await clock.advance(next(3));
    }
    if (next(10) === 0) answers.at(-1)?.call.cancel('caller_gone');
    if (next(40) === 0) void rig.platform.deployer.scale({ namespace: 'openfaas-fn', name: 'racer' }, 0);
  }
  await clock.advance(3_000);
  for (const [i, { ended, status, call }] of answers.entries()) {
    if (!ended) wrong ||= `call ${i} was never answered`;
    else if (status !== 200 && call.cancelled === undefined)
      wrong ||= `call ${i} was answered ${status}: ${call.error?.message}`;
  }
  void rig.fleet('racer').sleep();
  await clock.advance(1_000);
  if (rig.running.length > 0) wrong ||= `${rig.running.join()} never ended`;
  if (rig.platform.budget.reservedBytes !== 0)
    wrong ||= `${rig.platform.budget.reservedBytes} bytes stay reserved`;
  const name = { namespace: 'openfaas-fn', name: 'racer' };
  const decided = await rig.platform.scalingBook.find({ target: name, limit: 10_000 });
  const ends = decided.filter((one) => one.kind === kind).length;
  if (ends < racesInRound / 20) wrong ||= `only ${ends} times there was a ${kind}: this was no race`;
  assert.equal(wrong, '', `seed ${seed} (run again with WHERRY_TEST_SEED=${seed})`);
}

for (const [what, ending] of [
  ['falling asleep', falling],
  ['scaling down', shrinking],
] as const)
  test(`in ${ending.races} races between ${what} and a new call, no call is lost`, {
    timeout: 560_000,
  }, async (t) => {
    const first = only === undefined ? 1 : Number(only);
    const last = only === undefined ? ending.races / racesInRound : first;
    t.diagnostic(`seeds ${first} to ${last}`);
    for (let seed = first; seed <= last; seed++) await round(seed, ending);
  });
