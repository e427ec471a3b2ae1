import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MetricSeries } from '@wherry/core/metric';
import { salvage } from '../../salvage/salvage.ts';
import { survivalLevels, survivalRound, survivalStart } from './metric-rounds.fixtures.ts';
import { openStore } from '../open-store.ts';
import type { Damage } from '../sealed-rows.ts';

const everyMs = 10_000;
const rounds = 90;
const all = { matchers: [], from: survivalStart, to: survivalStart + 1e9 };

interface Audit {
  readonly series: readonly MetricSeries[];
  readonly damage: readonly Damage[];
}

async function audit(home: string): Promise<Audit> {
  const damage: Damage[] = [];
  const options = { home, now: Date.now, metricLevels: survivalLevels };
  const store = await openStore({ ...options, onDamage: (one) => damage.push(one) });
  try {
    await store.scrub();
    return { series: await store.metrics.read(all), damage };
  } finally {
    await store.close();
  }
}

/** What was sampled in each round. */
const written = Array.from(
  { length: rounds + 1 },
  (_, round) => new Map(survivalRound(round).map(({ labels, value }) => [labels['at'], value])),
);

/** A counter has a zero before its first. */
function isWritten(labels: MetricSeries['labels'], round: number, value: number): boolean {
  return value === 0 || Number.isNaN(value) || value === written[round]?.get(labels['at']);
}

test('flipped bits take the numbers that they are in, say so, and no number changes', {
  timeout: 120_000,
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-numbers-'));
  const file = join(home, 'wherry.db');
  try {
    const store = await openStore({ home, now: Date.now, metricLevels: survivalLevels });
    for (let round = 1; round <= rounds; round += 1)
      await store.metrics.append(survivalStart + round * everyMs, survivalRound(round));
    await store.close();
    const bytes = await readFile(file);
    const whole = await audit(home);
    const count = ({ series }: Audit): number => series.reduce((sum, { times }) => sum + times.length, 0);
    const counts = { whole: 0, reported: 0, salvaged: 0 };
    for (let flip = 0; flip < 24; flip += 1) {
      const bit = (flip * 7919 * 104_729) % (bytes.length * 8);
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await writeFile(file, flipped);
      for (const suffix of ['-wal', '-shm']) await rm(file + suffix, { force: true });
      let found: Audit;
      let salvaged = false;
      try {
        found = await audit(home);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'storage_damaged', `bit ${bit}: ${String(error)}`);
        assert.equal((await salvage(home, flip)).sound, false, `bit ${bit}`);
        salvaged = true;
        found = await audit(home);
        assert.deepEqual(found.damage, [], 'what was salvaged is sound');
      }
      for (const { labels, times, values } of found.series)
        for (const [at, time] of times.entries())
          assert.ok(
            isWritten(labels, (time - survivalStart) / everyMs, values[at]!),
            `bit ${bit}: ${values[at]}`,
          );
      assert.ok(
        count(found) > 0.4 * count(whole),
        `bit ${bit}: of ${count(whole)} only ${count(found)} are left`,
      );
      if (!salvaged && count(found) < count(whole))
        assert.ok(found.damage.length > 0, `bit ${bit} goes unsaid`);
      counts[salvaged ? 'salvaged' : found.damage.length > 0 ? 'reported' : 'whole'] += 1;
    }
    assert.ok(counts.reported > 2, JSON.stringify(counts));
  } finally {
    await rm(home, { recursive: true });
  }
});
