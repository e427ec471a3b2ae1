// What pages count is told as it was: whole where it is whole, and nothing where nothing was.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, held, signedIn } from './dashboard-page.ts';
import { until } from './dashboard-rig.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };

let gateway: Gateway;
let browser: Browser;

before(async () => {
  if (noBrowser !== false) return;
  buildDashboard();
  gateway = await Gateway.start(whole);
  browser = await openBrowser(whole);
  const handler = { 'handler.js': 'module.exports = async () => "hello"' };
  await gateway.deploy({
    name: 'hello',
    files: handler,
    spec: { labels: { 'com.openfaas.scale.min': '2' } },
  });
  for (let i = 0; i < 7; i += 1) await gateway.said('hello');
  await until(async () => {
    const rows = (await (await gateway.system('GET', '/system/usage')).json()) as readonly {
      calls: number;
    }[];
    return rows[0]?.calls === 7;
  });
});

after(async () => {
  for (const end of cleanups) await end();
});

test('instances and calls of the overview are counted, not estimated', { skip: noBrowser }, async () => {
  const shown = await signedIn(browser, gateway, { bypassCSP: true });
  // Means of what was measured, and rates, are no whole numbers.
  const value = [Math.floor(Date.now() / 1000), '12.4'];
  await shown.route('**/api/v1/query*', (route) =>
    route.fulfill({
      json: {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [{ metric: { function_name: 'hello.openfaas-fn' }, values: [value], value }],
        },
      },
    }),
  );
  await goTo(shown, '/functions');
  await goTo(shown, '/overview');
  const running = shown.locator('li.panel', { hasText: 'Running instances' });
  await running.getByText('2', { exact: true }).waitFor();
  const busy = shown.locator('section', { hasText: 'Busiest, 15 min' }).last();
  await busy.getByText('7 calls', { exact: true }).waitFor();
  assert.equal(await running.getByText('12.4').count(), 0);
  await held(shown, 'overview-numbers');
  await shown.close();
});
