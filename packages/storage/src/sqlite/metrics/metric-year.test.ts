import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MetricSample } from '@wherry/core/metric';
import { increaseOf } from '@wherry/testkit/metric-history-conformance';
import { SimulatedClock } from '@wherry/testkit/simulated-clock';
import type { Level } from '../../metrics/levels.ts';
import { sampledRound } from '../../metrics/sampled-round.ts';
import { DatabaseFile } from '../database-file.ts';
import { MetricRows } from './metric-rows.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A sixtieth of the usual rounds, so that a year takes seconds. */
const levels: readonly Level[] = [
  { everyMs: 10 * minute, keepMs: 3 * day, blockMs: day },
  { everyMs: hour, keepMs: 32 * day, blockMs: 8 * day },
  { everyMs: day, keepMs: 500 * day, blockMs: 32 * day },
];

test('a year: what counters grew by is true to the last, a gap stays one, and the file does not grow for ever', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-year-'));
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const start = clock.now();
  let file = new DatabaseFile(home);
  const open = (): MetricRows => new MetricRows(file, (one) => assert.fail(JSON.stringify(one)), levels);
  try {
    let rows = open();
    let [calls, grown] = [0, 0];
    const down = start + 200 * day;
    let middle = 0;
    for (let round = 0; clock.now() < start + 365 * day; round += 1, clock.jump(10 * minute)) {
      if (round % 4321 === 4320) {
        // The gateway starts again.
        await rows.flush();
        file.close();
        file = new DatabaseFile(home);
        rows = open();
        calls = 0;
      }
      if (clock.now() >= down && clock.now() < down + 5 * day) continue;
      const more = round % 13 === 0 ? 7 : 0;
      calls += more;
      grown += more;
      if (clock.now() <= start + 100 * day) middle = grown;
      const samples: MetricSample[] = [
        { name: 'calls', labels: {}, kind: 'counter', value: calls },
        { name: 'load', labels: {}, kind: 'gauge', value: round % 3 },
        { name: 'month', labels: { month: `${Math.floor(round / 4400)}` }, kind: 'gauge', value: 1 },
      ];
      const { round: sampled } = sampledRound(clock.now(), samples);
      assert.deepEqual(await rows.append(sampled), { refused: 0, lost: 0 });
      if (round % 144 === 0) await rows.prune(clock.now(), Infinity);
    }
    const read = async (from: number, to: number, name = 'calls') =>
      (await rows.read({ matchers: [{ label: '__name__', is: '=', value: name }], from, to }))[0]!;
    const year = await read(start - day, clock.now());
    assert.equal(year.everyMs, day);
    assert.equal(increaseOf(year), grown);
    assert.equal(increaseOf(await read(start - day, start + 100 * day)), middle);
    assert.ok(
      !year.times.some((time) => time > down + day && time < down + 5 * day),
      'nothing was sampled there',
    );
    const load = await read(start, clock.now(), 'load');
    // The first, the last and the first after the gap are of a few rounds only.
    assert.ok(load.values.filter((value) => value < 0.8 || value > 1.2).length <= 3);
    const count = (level: number): number =>
      Number(
        file.history
          .prepare('SELECT count(*) AS n FROM metric_blocks WHERE seq BETWEEN ? AND ?')
          .get(level * 2 ** 51, (level + 1) * 2 ** 51 - 1)?.['n'],
      );
    assert.ok(count(0) <= 3 * 6 && count(1) <= 3 * 8, `${count(0)} fine, ${count(1)} middle blocks`);
    assert.ok(file.heldBytes() < 600_000, `${file.heldBytes()} bytes`);
  } finally {
    file.close();
    await rm(home, { recursive: true });
  }
});
