// What pages count is told as it was: whole where it is whole, and nothing where nothing was.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
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

/** What does not fit in its place, as the eye sees it. */
const cutOff = (all: Locator): Promise<readonly string[]> =>
  all.evaluateAll((found) =>
    (found as unknown as readonly { textContent: string; scrollWidth: number; clientWidth: number }[])
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
      .map(({ textContent }) => textContent),
  );

test('charts have their whole titles, and no cold start among calls is zero', {
  skip: noBrowser,
}, async () => {
  const shown = await signedIn(browser, gateway, { bypassCSP: true, viewport: { width: 1440, height: 900 } });
  await goTo(shown, '/functions/openfaas-fn/hello/metrics?range=15m&refresh=5');
  const cold = shown.getByRole('region', { name: 'Cold starts' });
  await cold.getByRole('button', { name: 'cold calls' }).waitFor();
  assert.match(
    (await cold.locator('p.sr-only').textContent()) ?? '',
    /cold calls: now (0|–), mean 0, most 0/,
  );
  assert.deepEqual(await cutOff(shown.locator('main section.panel header').locator('h2, h2 + span')), []);
  await held(shown, 'metrics-numbers');
  await shown.close();
});

test('usage has all digits of a small amount', { skip: noBrowser }, async () => {
  for (const width of [1440, 390]) {
    const shown = await signedIn(browser, gateway, { bypassCSP: true, viewport: { width, height: 844 } });
    const row = {
      ...{
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-31T00:00:00Z',
        namespace: 'openfaas-fn',
        name: 'hello',
      },
      ...{ calls: 646_000, errors: 3, cold: 1, wakeSeconds: 1, gbSeconds: 0.000828, cpuSeconds: 3_900 },
    };
    await shown.route('**/system/usage*', (route) => route.fulfill({ json: [row] }));
    await goTo(shown, '/reports/usage');
    const table = shown.getByRole('table', { name: 'Usage' });
    await table.getByText('0.000828').waitFor();
    await shown.getByText('1 h 5 min').first().waitFor();
    assert.deepEqual(await cutOff(table.locator('[role=cell], [role=cell] span')), []);
    await held(shown, `usage-numbers-${width}`);
    await shown.close();
  }
});
