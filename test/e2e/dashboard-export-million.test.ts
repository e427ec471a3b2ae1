// A million calls are saved from the dashboard, and the page does not hold them.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { after, test } from 'node:test';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, Visit } from './dashboard-visit.ts';
import { gatewayWith, many } from './many-calls.ts';

/** What the page may grow by while a hundred megabytes pass. */
const budgetBytes = 96 * 2 ** 20;

test('a million rows go to the disk, and are never in the page', { skip: noBrowser }, async (t) => {
  buildDashboard();
  const gateway = await gatewayWith(many);
  const browser = await openBrowser({ after });
  const visit = await Visit.begin(browser, gateway, '/calls');
  const { page } = visit;
  const inside = await page.context().newCDPSession(page);
  /** Values of the page, and the bytes that they hold on to. */
  const held = async (): Promise<number> => {
    const usage = await inside.send('Runtime.getHeapUsage');
    const { backingStorageSize = 0 } = usage as { backingStorageSize?: number };
    return usage.usedSize + backingStorageSize;
  };
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await inside.send('HeapProfiler.collectGarbage');
  const before = await held();
  const since = performance.now();
  const begun = page.waitForEvent('download', { timeout: 0 });
  let over = false;
  void begun.then(
    () => (over = true),
    () => (over = true),
  );
  await page.getByRole('button', { name: 'CSV' }).click();
  let most = 0;
  while (!over) {
    most = Math.max(most, await held());
    await page.waitForTimeout(100);
  }
  const download = await begun;
  const { size } = statSync(await download.path());
  const seconds = (performance.now() - since) / 1000;
  t.diagnostic(
    `${(size / 2 ** 20).toFixed(0)} MiB in ${seconds.toFixed(1)} s, ${((most - before) / 2 ** 20).toFixed(0)} MiB in the page`,
  );
  assert.ok(size > 80 * many, `${size} bytes`);
  assert.ok(most - before < budgetBytes, `${(most - before) / 2 ** 20} MiB`);
  await visit.end();
});
