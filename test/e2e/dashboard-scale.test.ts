// Lists that are long, answered by the test itself: what a browser does with them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, signInLink } from './dashboard-page.ts';
import { until } from './dashboard-rig.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };
let gateway: Gateway;
let browser: Browser;

before(async () => {
  buildDashboard();
  gateway = await Gateway.start(whole);
  if (noBrowser === false) browser = await openBrowser(whole);
});

after(async () => {
  for (const end of cleanups) await end();
});

test('ten thousand functions scroll, and their names are only text', { skip: noBrowser }, async () => {
  const shown = await browser.newPage();
  const one = {
    namespace: 'openfaas-fn',
    image: 'x',
    labels: {},
    annotations: {},
    replicas: 0,
    availableReplicas: 0,
  };
  const all = Array.from({ length: 10_000 }, (_, i) => ({
    ...one,
    name: i === 9_999 ? '<img src=x onerror="globalThis.pwned=1">' : `f-${i}`,
    createdAt: new Date().toISOString(),
    wherryStatus: 'asleep',
  }));
  await shown.route('**/system/functions*', (route) => route.fulfill({ json: all }));
  await shown.goto(await signInLink(gateway));
  await shown.getByText('All 10,000 functions are healthy').waitFor();
  await goTo(shown, '/functions');
  await shown.getByText('10,000 functions').waitFor();
  assert.ok((await shown.getByRole('row').count()) < 80, 'only what is seen exists');
  await shown.getByLabel('Functions, rows').focus();
  await shown.keyboard.press('End');
  await shown.getByText('onerror').waitFor();
  assert.equal(await shown.evaluate('globalThis.pwned'), undefined);
  await shown.getByLabel('Filter by name, label or status').fill('f-77');
  await shown.getByText('111 of 10,000').waitFor();
  assert.match(shown.url(), /text=f-77/, 'filters are in the address');
  await shown.close();
});

test('a hundred thousand calls stay scrollable, and are fetched as somebody scrolls', {
  skip: noBrowser,
}, async () => {
  const shown = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const now = Date.now();
  const call = (i: number): object => ({
    ...{
      id: `id-${i}`,
      trigger: 'http',
      target: 'talker',
      method: 'GET',
      path: '/',
      status: 200,
      cold: false,
    },
    ...{ totalMs: 1, waitMs: 0, wakeMs: 0, runMs: 1, bytesIn: 0, bytesOut: 0 },
    startedAt: new Date(now - i).toISOString(),
  });
  let asked = 0;
  await shown.route('**/system/calls?*', (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = query.has('until') ? now - Date.parse(query.get('until') ?? '') : 0;
    asked += 1;
    return route.fulfill({
      json: Array.from({ length: Number(query.get('limit')) }, (_, i) => call(from + i)),
    });
  });
  await shown.goto(await signInLink(gateway));
  await shown.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await goTo(shown, '/calls');
  const rows = shown.getByLabel('Calls, rows');
  await rows.focus();
  const table = shown.getByRole('table', { name: 'Calls' });
  const known = async (): Promise<number> => Number(await table.getAttribute('aria-rowcount'));
  while ((await known()) < 100_000) {
    const before = await known();
    await shown.keyboard.press('End');
    await until(async () => (await known()) > before);
  }
  assert.ok(asked > 80);
  assert.ok((await shown.getByRole('row').count()) < 80, 'only what is seen exists');
  const took = await shown.evaluate(`(async () => {
    const rows = document.querySelector('[aria-label="Calls, rows"]');
    const from = performance.now();
    for (let i = 0; i < 20; i += 1) { rows.scrollTop = i * 90_000; await new Promise(requestAnimationFrame); }
    return (performance.now() - from) / 20;
  })()`);
  assert.ok(Number(took) < 250, `${String(took)} ms for a frame`);
  await shown.close();
});
