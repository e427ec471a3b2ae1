import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MetricSeries } from '@wherry/core/metric';
import { increaseOf } from '@wherry/testkit/metric-history-conformance';
import { survivalLevels, survivalStart } from './metric-rounds.fixtures.ts';
import { openStore } from '../open-store.ts';

const writer = fileURLToPath(new URL('./metric-writer.fixtures.ts', import.meta.url));
const cycles = Number(process.env['WHERRY_KILL_CYCLES'] ?? 12);
const everyMs = 10_000;
/** When this round is said, the first minute is written. */
const written = 8;

/** Runs a writer until it is killed, at a moment that nobody chose. Returns the last round that it has said. */
async function killed(home: string, first: number): Promise<number> {
  const child = spawn(process.execPath, [writer, home, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = first - 1;
  createInterface(child.stdout).on('line', (text) => {
    const [what, value] = text.split(' ');
    if (what === 'round') last = Number(value);
    else assert.equal(text, 'ready');
    // The first one lives until something of it is on the disk: when the series began is asked for.
    if (first === 1 ? last === written : what === 'ready')
      setTimeout(() => child.kill('SIGKILL'), 20 + Math.random() * 400);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return last;
}

/** The rounds that a series has, and that none is there twice or out of order. */
function roundsOf({ times }: MetricSeries): Set<number> {
  const rounds = [...times].map((time) => (time - survivalStart) / everyMs);
  assert.ok(rounds.every((round, at) => at === 0 || round > rounds[at - 1]!));
  return new Set(rounds);
}

test(`kill -9 takes the last minute of numbers and nothing else (${cycles} cycles)`, {
  timeout: 300_000,
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-numbers-'));
  const runs: { readonly first: number; readonly last: number }[] = [];
  for (let first = 1; runs.length < cycles; ) {
    const last = await killed(home, first);
    runs.push({ first, last });
    // Sometimes into the same block of time, sometimes a few later.
    first = last + 3 + Math.floor(Math.random() * 30);
  }
  const damage: unknown[] = [];
  const options = { home, now: Date.now, metricLevels: survivalLevels };
  const store = await openStore({ ...options, onDamage: (one) => damage.push(one) });
  const [from, to] = [survivalStart, survivalStart + 1e11];
  const read = (label: string, value: string, coarsestMs: number) =>
    store.metrics.read({ matchers: [{ label, is: '=', value }], from, to, coarsestMs });
  try {
    const [load] = await read('__name__', 'load', 0);
    const there = roundsOf(load!);
    for (const { first, last } of runs)
      for (let round = first; round <= last - 6; round += 1)
        assert.ok(there.has(round), `round ${round} of ${first} to ${last} is missing`);
    for (const round of there)
      assert.ok(
        runs.some(({ first, last }) => first <= round && round <= last + 1),
        `${round}`,
      );
    assert.ok(load!.values.every((value, at) => value === (load!.times[at]! - survivalStart) / everyMs));
    const calls = await read('__name__', 'calls', 0);
    assert.equal(calls.length, 300);
    const newest = Math.max(...there);
    for (const one of calls) {
      const at = Number(one.labels['at']);
      assert.deepEqual(roundsOf(one), new Set([0, ...there]), `${at}`);
      assert.equal(increaseOf(one), at % 3 === 0 ? at : newest * (1 + (at % 7)));
    }
    for (const coarsestMs of survivalLevels.map((level) => level.everyMs))
      for (const one of await read('__name__', 'calls', coarsestMs)) {
        const at = Number(one.labels['at']);
        assert.equal(increaseOf(one), at % 3 === 0 ? at : newest * (1 + (at % 7)), `${at} by ${coarsestMs}`);
      }
    await store.scrub();
    assert.deepEqual(damage, []);
  } finally {
    await store.close();
    await rm(home, { recursive: true });
  }
});
