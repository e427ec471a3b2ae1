// A function that lived for one second is all there a month later: on the real store, with the gateway's defaults, under a simulated clock.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { settingRules } from '../../../apps/gateway/src/config/settings.ts';
import { openStore, type Store } from '@wherry/storage/sqlite/open-store';
import { Rig, type RigOptions, settle } from './rig.fixtures.ts';

const second = 1000;
const day = 86_400 * second;
const brief = { namespace: 'openfaas-fn', name: 'brief' };

/** What the gateway keeps where nobody says otherwise. */
function defaults(): NonNullable<RigOptions['settings']> {
  const read = <K extends keyof typeof settingRules>(key: K) =>
    settingRules[key].read(settingRules[key].fallback);
  const kept = (name: 'calls' | 'logs' | 'instances') => ({
    maxAgeMs: read(`${name}.keep`) as number,
    maxBytes: read(`${name}.maxSize`) as number,
  });
  return {
    ...{ records: kept('calls'), logs: kept('logs'), exits: kept('instances') },
    metrics: { maxBytes: read('metrics.maxSize') as number },
  };
}

const partsOf = ({ records, logs, metrics, scalings }: Store): NonNullable<RigOptions['parts']> => ({
  ...{ records, logs, scalings, history: metrics },
});

async function grown(rig: Rig, metric: string, from: number, to: number): Promise<number> {
  const matchers = [
    { label: '__name__', is: '=', value: metric },
    { label: 'function_name', is: '=', value: 'brief.openfaas-fn' },
  ] as const;
  const series = await rig.platform.parts.history.read({ matchers, from, to });
  return series.reduce((sum, { values }) => {
    const known = values.filter((value) => !Number.isNaN(value));
    return sum + Math.max(...known) - Math.min(...known);
  }, 0);
}

test('a function that lived for one second is fully there a month later', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-month-'));
  // The store has a clock of its own only for what is put aside.
  const store = await openStore({ home, now: Date.now });
  try {
    const rig = await Rig.open({ parts: partsOf(store), settings: defaults() });
    await rig.clock.advance(5 * second);
    const born = rig.clock.now();
    rig.provider.startMs = 0;
    await rig.deploy('brief');
    const [instance = ''] = rig.running;
    rig.provider.write(instance, 'I was here');
    const calls = [rig.call('brief', { path: '/once' }), rig.call('brief', { path: '/twice' })];
    await Promise.all(calls.map(({ over }) => over));
    await rig.clock.advance(1 * second);
    rig.provider.crash(instance, {
      ...{ kind: 'out-of-memory', reason: 'killed by the kernel', exitCode: 137 },
      ...{ lastWords: ['I was here'], peakMemoryBytes: 2 ** 28, cpuMs: 900 },
    });
    await settle();
    await rig.platform.deployer.remove(brief);
    const gone = rig.clock.now();
    assert.ok(gone - born < 2 * second, 'it lived for one second');
    // Rounds go on for a while; then a month passes, and everything old is looked for and removed.
    await rig.clock.advance(300 * second);
    await rig.platform.metricRecorder.round();
    rig.clock.jump(30 * day - 1200 * second);
    await rig.clock.advance(900 * second);
    await rig.platform.recorder.flush();
    assert.ok(rig.clock.now() - gone >= 30 * day - 300 * second);

    const records = await store.records.find({ target: brief, limit: 10 });
    assert.deepEqual(
      records.map(({ path, status, instance: by }) => [path, status, by]),
      [
        ['/twice', 200, instance],
        ['/once', 200, instance],
      ],
    );
    assert.equal((await store.records.find({ instance, limit: 10 })).length, 2);
    const lines = await rig.platform.logBook.read({ target: brief });
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['I was here'],
    );
    const [exit] = await rig.platform.logBook.exits({ target: brief, limit: 10 });
    assert.deepEqual(
      [
        exit?.instance,
        exit?.kind,
        exit?.peakMemoryBytes,
        exit?.cpuMs,
        exit?.lastWords,
        exit?.deployment.version,
      ],
      [instance, 'out-of-memory', 2 ** 28, 900, ['I was here'], 1],
    );
    assert.ok((exit?.startedAt ?? 0) >= born && (exit?.at ?? 0) - (exit?.startedAt ?? 0) >= second);
    const range = [born - 60 * second, gone + 300 * second] as const;
    assert.equal(await grown(rig, 'gateway_function_invocation_total', ...range), 2);
    assert.equal(await grown(rig, 'wherry_function_exits_total', ...range), 1);
    assert.ok((await grown(rig, 'pod_cpu_usage_seconds_total', ...range)) >= 0.9);

    // A year later only how it ended is left, and after that nothing.
    rig.clock.jump(340 * day);
    await rig.clock.advance(900 * second);
    // The store is real and has a thread of its own, which the simulated clock does not wait for.
    const left = async (find: () => Promise<readonly unknown[]>): Promise<readonly unknown[]> => {
      let found = await find();
      for (let look = 0; look < 100 && found.length > 0; look++) found = await find();
      return found;
    };
    const old = await left(() => store.records.find({ target: brief, limit: 10 }));
    assert.deepEqual(old, [], 'control: old records do go');
    assert.equal((await rig.platform.logBook.exits({ target: brief, limit: 10 })).length, 1);
    rig.clock.jump(40 * day);
    await rig.clock.advance(900 * second);
    assert.deepEqual(await left(() => rig.platform.logBook.exits({ target: brief, limit: 10 })), []);
    await rig.close();
  } finally {
    await store.close();
    await rm(home, { recursive: true });
  }
});
