import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SimulatedClock } from '@wherry/testkit/simulated-clock';
import { diurnalLoad } from '../../metrics/diurnal-load.fixtures.ts';
import { DatabaseFile } from '../database-file.ts';
import { MetricRows } from './metric-rows.ts';

const hour = 3_600_000;
const day = 24 * hour;
const step = 10_000;
/** A quarter of them busy all day. The full size is 50 functions and 200 series of the gateway, which count as three more. */
const functions = Number(process.env['WHERRY_BUDGET_FUNCTIONS'] ?? 4);
const wanted = 53;
/** The longer, the nearer to the truth: of a month of hours a part takes more than its share. */
const days = Number(process.env['WHERRY_BUDGET_DAYS'] ?? 6);
const budget = 100 * 2 ** 20;

test('a year of the numbers of fifty functions fits into 100 MB, the last days and the last month included', {
  timeout: 900_000,
}, async (on) => {
  const home = await mkdtemp(join(tmpdir(), 'wherry-budget-'));
  const file = new DatabaseFile(home);
  try {
    const empty = file.heldBytes();
    const rows = new MetricRows(file, () => assert.fail('nothing is damaged'));
    const load = diurnalLoad(functions, 1);
    const keys = load.series.map(({ id }) => JSON.stringify(['name', 'id', id]));
    const counters = Uint8Array.from(load.series, ({ kind }) => (kind === 'counter' ? 1 : 0));
    const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
    for (const end = clock.now() + days * day; clock.now() < end; clock.jump(step)) {
      const values = Float64Array.from(load.next(clock.now(), step));
      // Nobody samples at the very moment.
      await rows.append({ at: clock.now() + (clock.now() % 7), keys, counters, values });
    }
    await rows.prune(clock.now(), Infinity);
    const held = file.heldBytes() - empty;
    const sizes = [0, 1, 2].map((level) => {
      const [first, end] = [level * 2 ** 51, (level + 1) * 2 ** 51 - 1];
      const sql = 'SELECT sum(length(body) + 24) AS bytes FROM metric_blocks WHERE seq BETWEEN ? AND ?';
      return Number(file.history.prepare(sql).get(first, end)?.['bytes']);
    });
    const [fine = 0, minutes = 0, hours = 0] = sizes;
    const rounds = file.history.prepare('SELECT sum(length(body)) AS bytes FROM metric_rounds').get();
    // What pages and names take besides, as far as this shows it.
    const overhead = held / (fine + minutes + hours + Number(rounds?.['bytes']));
    const scale = (wanted / functions) * overhead;
    const total =
      scale * (fine + minutes * Math.max(1, 31 / days) + hours * (396 / days) + Number(rounds?.['bytes']));
    const told = (bytes: number) => `${((bytes * scale) / 2 ** 20).toFixed(1)} MB`;
    on.diagnostic(
      `${load.series.length} series: fine ${told(fine)}, minutes ${told(minutes * Math.max(1, 31 / days))}, hours ${told(hours * (396 / days))}, ` +
        `pages ${overhead.toFixed(2)}, all ${(total / 2 ** 20).toFixed(1)} MB`,
    );
    assert.ok(total > 0 && total < budget, `${total} bytes`);
  } finally {
    file.close();
    await rm(home, { recursive: true });
  }
});
