// The Reports page and the Export menus in a real browser, on a gateway that has a report with hostile names in it.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Report } from '@wherry/core/report';
import { openStore } from '@wherry/storage/sqlite/open-store';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { evil, talker } from './dashboard-rig.ts';
import { pressTogether } from './dashboard-page.ts';
import { buildDashboard, saved, Visit } from './dashboard-visit.ts';
import { freshHome, Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };
const skip = noBrowser;
let gateway: Gateway;
let browser: Browser;

before(async () => {
  if (noBrowser !== false) return;
  buildDashboard();
  const home = freshHome();
  whole.after(async () => rmSync(home, { recursive: true, force: true }));
  const store = await openStore({ home, now: Date.now });
  await store.reports.put(hostileReport());
  await store.close();
  gateway = await Gateway.start(whole, { home, args: ['--alerts-targets', '127.0.0.1'] });
  browser = await openBrowser(whole);
  await gateway.deploy({ name: 'talker', files: { 'handler.js': talker } });
  for (let i = 0; i < 3; i += 1) await gateway.said('talker', 'x');
  const hook = { kind: 'function', function: 'talker' };
  assert.ok((await gateway.system('PUT', '/system/alerts/channels/pager', hook)).ok);
});

after(async () => {
  for (const end of cleanups) await end();
});

function hostileReport(): Report {
  const totals = {
    calls: 1200,
    errors: 30,
    cold: 4,
    wakeSeconds: 2,
    gbSeconds: 0.0421,
    cpuSeconds: 3,
    p95: 0.25,
  };
  const change = { at: Date.UTC(2026, 10, 25, 9), who: evil, what: evil, on: evil };
  return {
    ...{
      id: 'ops-2026-11-25',
      subscription: 'ops',
      every: 'day',
      zone: 'UTC',
      madeAt: Date.UTC(2026, 10, 26, 7),
    },
    ...{ from: Date.UTC(2026, 10, 25), to: Date.UTC(2026, 10, 26) },
    deliveries: [{ channel: 'ops-mail', state: 'failed', attempts: 1, cause: evil }],
    figures: {
      ...{ totals, before: { ...totals, calls: 800 }, functionCount: 1 },
      functions: [{ ...totals, namespace: evil, name: evil, callsBefore: 800, errorsBefore: 1 }],
      failures: [{ namespace: evil, name: evil, status: 500, calls: 30, callsBefore: 1 }],
      ...{ deploys: [change], deployCount: 1, gaps: [evil] },
      security: {
        refusals: [{ error: evil, who: evil, count: 2 }],
        ...{ refusalCount: 2, changes: [change], changeCount: 1 },
      },
    },
  };
}

/** In both themes. */
async function look(visit: Visit, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await visit.page.emulateMedia({ colorScheme });
    await visit.look(`${name}-${colorScheme}`);
  }
}

test('a report shows its numbers, and what names in it say stays text', { skip }, async () => {
  const visit = await Visit.begin(browser, gateway, '/reports', { bypassCSP: true });
  const { page } = visit;
  await page.getByRole('link', { name: 'Wednesday, 25 November 2026' }).click();
  await page.getByRole('heading', { name: 'Daily report: Wednesday, 25 November 2026' }).waitFor();
  assert.ok((await page.getByText(evil).count()) >= 8, 'every place that a name has');
  assert.equal(await page.locator('main img, main iframe').count(), 0);
  assert.equal(await page.evaluate('globalThis.pwned'), undefined);
  const calls = page.getByRole('listitem').filter({ hasText: 'Calls' }).first();
  assert.match(await calls.innerText(), /1,200[\s\S]*\+50 %/);
  await page.getByRole('button', { name: 'Show command' }).click();
  await page.getByText('wherry reports show ops-2026-11-25').waitFor();
  await page.keyboard.press('Escape');
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await look(visit, `report-${width}`);
  }
  await visit.end();
});

test('a report is scheduled, sent now, paused and removed, with keys alone', { skip }, async () => {
  const visit = await Visit.begin(browser, gateway, '/overview', { bypassCSP: true });
  const { page } = visit;
  await pressTogether(page, 'g', 'r');
  const tabs = page.getByRole('navigation', { name: 'About reports' });
  await tabs.getByRole('link', { name: 'Schedules' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No report is made by itself' }).waitFor();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Schedule a report' });
  await dialog.getByRole('textbox', { name: /^Name / }).fill('weekly');
  await dialog.getByLabel('A report of each').selectOption('week');
  await dialog.getByLabel('Time zone').fill('Europe/Berlin');
  await dialog.getByRole('checkbox', { name: 'pager' }).waitFor();
  await look(visit, 'report-schedule');
  await dialog.getByLabel('Or to').fill('nobody-there');
  await dialog.getByRole('button', { name: 'Schedule', exact: true }).press('Enter');
  await dialog.getByText('"nobody-there" is no channel for reports; there are pager').waitFor();
  visit.alarms.splice(0, 1);
  await dialog.getByLabel('Or to').fill('');
  await dialog.getByRole('checkbox', { name: 'pager' }).press('Space');
  await dialog.getByRole('button', { name: 'Schedule', exact: true }).press('Enter');
  await page.getByText('Weekly, at 07:00 in Europe/Berlin').waitFor();
  await page.getByRole('button', { name: 'Send now weekly' }).press('Enter');
  await page.getByText('The report of the last week is on its way to pager.').waitFor();
  await page.getByRole('button', { name: 'Pause weekly' }).press('Enter');
  await page.getByText('▲ Paused').waitFor();
  await page.getByRole('button', { name: 'Resume weekly' }).press('Enter');
  await page.getByRole('button', { name: 'Pause weekly' }).waitFor();
  await page.getByRole('button', { name: 'Remove weekly' }).press('Enter');
  await page.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await page.getByRole('heading', { name: 'No report is made by itself' }).waitFor();
  await tabs.getByRole('link', { name: 'Past reports' }).press('Enter');
  const row = page.getByRole('row').filter({ hasText: 'Weekly' });
  await row.getByText('pager sent').waitFor();
  await visit.end();
});

test('any period is looked at, and kept only where somebody says so', { skip }, async () => {
  const reports = async (): Promise<number> =>
    ((await (await gateway.system('GET', '/system/reports')).json()) as unknown[]).length;
  const before = await reports();
  const visit = await Visit.begin(browser, gateway, '/reports/period?zone=Pacific/Auckland');
  const { page } = visit;
  await page.getByLabel('With this day in it').fill('2026-11-20');
  await page.getByRole('heading', { name: 'Daily report: Friday, 20 November 2026' }).waitFor();
  await page.getByLabel('A report of each').selectOption('month');
  await page.getByRole('heading', { name: 'Monthly report: November 2026' }).waitFor();
  assert.equal(await reports(), before, 'looking leaves nothing behind');
  await page.getByRole('button', { name: 'Keep or send' }).click();
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await page.getByRole('link', { name: 'All reports' }).waitFor();
  assert.equal(await reports(), before + 1);
  await visit.end();
});

test('tables and charts are taken along with the filters of the page', { skip }, async () => {
  const visit = await Visit.begin(browser, gateway, '/calls', { bypassCSP: true });
  const { page } = visit;
  const menu = page.getByRole('button', { name: 'Export', exact: true });
  const all = await saved(page, menu, 'CSV');
  assert.equal(all.name, 'calls.csv');
  const lines = all.bytes.toString().trim().split('\r\n');
  assert.ok(lines.length >= 4 && lines.slice(1).every((line) => line.includes('talker')), lines.join('\n'));
  await page.getByRole('status').filter({ hasText: 'calls.csv is saved.' }).waitFor();
  await menu.click();
  await look(visit, 'export-menu');
  await page.setViewportSize({ width: 390, height: 900 });
  await look(visit, 'export-menu-390');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('button', { name: 'Excel' }).count(), 0, 'Escape closes it');
  await page.getByLabel('Which calls').selectOption('failed');
  const failed = await saved(page, menu, 'JSON');
  assert.deepEqual(JSON.parse(failed.bytes.toString()), [], 'none failed');
  await page.getByLabel('Which calls').selectOption('');
  const book = await saved(page, menu, 'Excel');
  assert.deepEqual([book.name, book.bytes.subarray(0, 2).toString()], ['calls.xlsx', 'PK']);
  for (const [path, table] of [
    ['/functions', 'functions'],
    ['/instances', 'instances'],
    ['/queue', 'queue'],
    ['/schedules', 'schedules'],
    ['/secrets', 'secrets'],
    ['/instances/ended', 'ends'],
    ['/gateway/tokens', 'tokens'],
    ['/gateway/audit', 'audit'],
    ['/reports/usage', 'usage'],
    ['/functions/openfaas-fn/talker/logs?level=error', 'logs'],
  ] as const) {
    await visit.go(path);
    const { name, bytes } = await saved(page, menu, 'CSV');
    assert.equal(name, `${table}.csv`);
    if (table === 'functions') assert.match(bytes.toString(), /talker/);
    if (table === 'logs') {
      assert.match(bytes.toString(), /ERROR two/);
      assert.doesNotMatch(bytes.toString(), /WARN three/);
    }
  }
  await visit.go('/functions/openfaas-fn/talker/metrics?range=15m&refresh=5');
  const chart = page.getByRole('button', { name: 'Export Instances' });
  // Until something was measured there is nothing to take along.
  await chart.waitFor();
  await chart.click();
  await look(visit, 'export-chart-390');
  await chart.click();
  const { name, bytes } = await saved(page, chart, 'CSV');
  assert.equal(name, 'metrics.csv');
  assert.match(bytes.toString(), /^at,(?:.*,)?line,value\r\n/);
  await visit.end();
});

test('an address for spreadsheets is made from where one looks, works without a token, and is revoked', {
  skip,
}, async () => {
  const visit = await Visit.begin(browser, gateway, '/reports/usage?by=namespace', { bypassCSP: true });
  const { page } = visit;
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('link', { name: 'Link for Excel, Power BI' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make a link' });
  assert.equal(await dialog.getByLabel('Table').inputValue(), 'usage');
  assert.match(await dialog.getByLabel('Filters').inputValue(), /by=namespace&since=30d/);
  await dialog.getByRole('textbox', { name: /^Name / }).fill('finance');
  await look(visit, 'link-form');
  await dialog.getByRole('button', { name: 'Make', exact: true }).click();
  const shown = page.getByRole('dialog', { name: 'The new address' });
  const address = await shown.locator('code').innerText();
  await look(visit, 'link-made');
  const row = page.getByRole('row', { name: /finance/, includeHidden: true });
  await row.getByText('never', { exact: true }).waitFor();
  const read = await fetch(address);
  assert.equal(read.status, 200, await read.clone().text());
  assert.match(await read.text(), /^from,to,namespace,name,calls/);
  await shown.getByRole('button', { name: 'Close' }).click();
  await row
    .getByText(/ ago$|^just now$/)
    .nth(1)
    .waitFor();
  await page.getByRole('button', { name: 'Revoke finance' }).click();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByRole('heading', { name: 'No table has an address of its own' }).waitFor();
  assert.equal((await fetch(address)).status, 404);
  await visit.end();
});
