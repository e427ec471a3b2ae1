import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, Visit } from './dashboard-visit.ts';
import { freshHome, Gateway } from './gateway.ts';
import { seedHistory } from './seeded-history.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };

let gateway: Gateway;
let browser: Browser;

before(async () => {
  if (noBrowser !== false) return;
  buildDashboard();
  const home = freshHome();
  whole.after(async () => rmSync(home, { recursive: true, force: true }));
  await seedHistory(home, 'shop.openfaas-fn', 1);
  gateway = await Gateway.start(whole, { home });
  browser = await openBrowser(whole);
});

after(async () => {
  for (const end of cleanups) await end();
});

test('a chart is saved to a new board, and stands there for everybody', { skip: noBrowser }, async () => {
  const visit = await Visit.begin(browser, gateway, '/explore?range=1h');
  const { page } = visit;
  await page.getByRole('button', { name: 'Running instances' }).click();
  await page.getByRole('button', { name: 'Save to a board' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save to a board' });
  await dialog.getByLabel('Name of the new board').fill('The <b>Shop</b>!');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByRole('link', { name: 'The <b>Shop</b>!' }).click();
  await page.getByRole('heading', { level: 1, name: 'The <b>Shop</b>!' }).waitFor();
  await page.waitForURL(/boards\/the-b-shop-b/);
  await page.getByRole('region', { name: 'Running instances' }).waitFor();
  await visit.end();
  const kept = (await (await gateway.system('GET', '/system/boards/the-b-shop-b')).json()) as {
    charts: unknown;
  };
  assert.deepEqual(kept.charts, [
    {
      title: 'Running instances',
      kind: 'step',
      unit: 'number',
      queries: [{ text: 'gateway_service_ready_count' }],
    },
  ]);
});

test('who was slower is told, and a board is removed after a question, with keys alone', {
  skip: noBrowser,
}, async () => {
  const charts = ['One', 'Two'].map((title) => ({ title, queries: [{ text: 'gateway_service_count' }] }));
  await gateway.system('PUT', '/system/boards/both', { title: 'Both', charts });
  const visit = await Visit.begin(browser, gateway, '/boards');
  const { page } = visit;
  await page.getByRole('link', { name: 'Both' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Move Two forward' }).focus();
  await page.keyboard.press('Enter');
  const titles = page.locator('main section h2');
  await page.locator('main section h2').first().filter({ hasText: 'Two' }).waitFor();
  assert.deepEqual(await titles.allTextContents(), ['Two', 'One']);
  await gateway.system('PUT', '/system/boards/both', { title: 'Both', charts: [charts[0]] });
  await page.getByRole('button', { name: 'Remove One' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Somebody else changed this at the same time').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Remove the board' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Boards' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Both' }).count(), 0);
  visit.alarms.splice(
    0,
    visit.alarms.length,
    ...visit.alarms.filter((alarm) => !/status of 409/.test(alarm)),
  );
  await visit.end();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`boards are accessible and looked at, ${colorScheme}`, { skip: noBrowser }, async () => {
    const charts = ['gateway_service_count', 'sum(pod_memory_working_set_bytes)'].map((text) => ({
      title: text,
      queries: [{ text }],
    }));
    await gateway.system('PUT', '/system/boards/looked-at', { title: 'Looked at', charts });
    for (const width of [1440, 390]) {
      const viewport = { width, height: 900 };
      const visit = await Visit.begin(browser, gateway, '/boards', {
        colorScheme,
        viewport,
        bypassCSP: true,
      });
      await visit.look(`boards-${colorScheme}-${width}`);
      await visit.go('/boards/looked-at?range=1h');
      await visit.page.locator('canvas').first().waitFor({ state: 'attached' });
      await visit.look(`board-${colorScheme}-${width}`);
      await visit.go('/boards/nowhere');
      await visit.page.getByText('There is no such board').waitFor();
      visit.alarms.splice(
        0,
        visit.alarms.length,
        ...visit.alarms.filter((alarm) => !/status of 404/.test(alarm)),
      );
      await visit.end();
    }
  });
}
