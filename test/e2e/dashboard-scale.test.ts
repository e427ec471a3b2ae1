// Lists that are long, answered by the test itself: what a browser does with them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, newPage, signInLink, workOf } from './dashboard-page.ts';
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
  const shown = await newPage(browser);
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
  const shown = await newPage(browser, { viewport: { width: 1440, height: 900 } });
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
    const behind = query.get('beforeStart');
    const from = behind === null ? 0 : now - Date.parse(behind) + 1;
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
  const worked = await workOf(shown);
  const before = await worked();
  const most = await shown.evaluate(`(async () => {
    const rows = document.querySelector('[aria-label="Calls, rows"]');
    const counts = [];
    for (let i = 0; i < 20; i += 1) {
      rows.scrollTop = i * 90_000;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      counts.push(document.querySelectorAll('[role=row], tr').length);
    }
    return Math.max(...counts);
  })()`);
  const each = ((await worked()) - before) / 20;
  assert.ok(each > 0 && each < 250, `${each.toFixed(1)} ms for a frame`);
  assert.ok(Number(most) > 1 && Number(most) < 80, `${String(most)} rows while it is scrolled`);
  await shown.close();
});

test('what is chosen by lane, namespace or end is asked for so: it may be behind the newest of all', {
  skip: noBrowser,
}, async () => {
  const shown = await newPage(browser);
  const at = new Date().toISOString();
  const queued = (lane: string, i: number): object => ({
    ...{ id: `${lane} ${i}`, kind: 'call', lane, name: lane.split('.')[0], namespace: lane.split('.')[1] },
    ...{ target: lane, trigger: 'async', method: 'POST', path: '/', bytes: 0, state: 'dead', attempts: 1 },
    ...{ crashes: 0, depth: 0, enqueuedAt: at, reason: 'attempts' },
  });
  const end = (name: string, namespace: string, kind: string, i: number): object => ({
    ...{ name, namespace, version: 1, instance: `${name} ${i}`, at, kind, reason: `it is ${kind}` },
    lastWords: [],
  });
  const lanes = [
    { lane: 'loud.openfaas-fn', name: 'loud', namespace: 'openfaas-fn', waiting: 0, running: 0, dead: 9_000 },
    { lane: 'quiet.openfaas-fn', name: 'quiet', namespace: 'openfaas-fn', waiting: 0, running: 0, dead: 1 },
  ];
  await shown.route('**/system/queue', (route) => route.fulfill({ json: lanes }));
  await shown.route('**/system/queue/calls?*', (route) => {
    const lane = new URL(route.request().url()).searchParams.get('lane') ?? 'loud.openfaas-fn';
    const dead = lanes.find((one) => one.lane === lane)?.dead ?? 0;
    const length = Math.min(dead, 1_000);
    return route.fulfill({ json: Array.from({ length }, (_, i) => queued(lane, i)) });
  });
  await shown.route('**/system/instances/ended?*', (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const ends =
      asked.get('namespace') === 'team-q'
        ? [end('theirs', 'team-q', 'stopped', 1)]
        : asked.has('failed')
          ? [end('fallen', 'openfaas-fn', 'exited', 1)]
          : Array.from({ length: 500 }, (_, i) => end('loud', 'openfaas-fn', 'stopped', i));
    return route.fulfill({ json: ends });
  });
  await shown.goto(await signInLink(gateway));
  const row = (name: RegExp) => shown.getByRole('row', { name }).first();
  await shown.getByRole('link', { name: 'quiet.openfaas-fn' }).click();
  await row(/quiet/).waitFor();
  assert.match(shown.url(), /state=dead&lane=quiet\.openfaas-fn/);
  await shown.getByRole('button', { name: 'Discard 1 shown' }).waitFor();
  await shown.getByRole('button', { name: 'Any lane' }).click();
  await row(/loud/).waitFor();
  await goTo(shown, '/queue');
  await row(/quiet/).getByRole('link').last().click();
  await row(/quiet/).waitFor();
  assert.match(shown.url(), /lane=quiet/);

  await goTo(shown, '/instances/ended');
  await row(/loud/).waitFor();
  await shown.getByLabel('Which ends').selectOption('unasked');
  await row(/fallen/).waitFor();
  await goTo(shown, '/instances/ended?namespace=team-q');
  await row(/theirs/).waitFor();
  await shown.close();
});
