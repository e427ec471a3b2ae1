// What a narrow screen that is touched still has to say.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, held, signedIn } from './dashboard-page.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const skip = noBrowser;
let gateway: Gateway;
let browser: Browser;

before(async () => {
  if (noBrowser !== false) return;
  const t = { after: (fn: () => Promise<void>) => void cleanups.unshift(fn) };
  buildDashboard();
  gateway = await Gateway.start(t);
  browser = await openBrowser(t);
  await gateway.deploy({ name: 'hello', files: { 'handler.js': 'module.exports = async () => "hello"' } });
});

after(async () => {
  for (const end of cleanups) await end();
});

const phone = (): Promise<Page> =>
  signedIn(browser, gateway, {
    ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, bypassCSP: true },
  });

test('the bar below marks where one is, behind More too', { skip }, async () => {
  const page = await phone();
  const more = page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'More' });
  assert.equal(await more.getAttribute('aria-current'), null);
  for (const path of ['/gateway', '/alerts/rules', '/reports', '/explore']) {
    await goTo(page, path);
    assert.equal(await more.getAttribute('aria-current'), 'true', path);
  }
  await more.click();
  const dialog = page.getByRole('dialog', { name: 'More' });
  assert.equal(await dialog.getByRole('link', { name: 'Explore' }).getAttribute('aria-current'), 'page');
  await held(page, 'phone-more');
  await page.close();
});

test('names of numbers are whole, and what is done with a page stands beside its name', {
  skip,
}, async () => {
  const page = await phone();
  const cut = await page
    .locator('main li.panel p')
    .evaluateAll((all) =>
      (all as unknown as readonly { textContent: string; scrollWidth: number; clientWidth: number }[])
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ textContent }) => textContent),
    );
  assert.deepEqual(cut, []);
  await held(page, 'phone-overview');
  await goTo(page, '/explore');
  const middle = async (of: Locator): Promise<number> => {
    const box = await of.boundingBox();
    assert.ok(box !== null);
    return box.y + box.height / 2;
  };
  const [name, command] = [page.locator('h1'), page.getByRole('button', { name: 'Show command' })];
  assert.ok(Math.abs((await middle(name)) - (await middle(command))) < 10);
  await held(page, 'phone-explore');
  await page.close();
});

test('a report that did not arrive is seen to have failed', { skip }, async () => {
  const page = await phone();
  const report = {
    ...{ id: 'ops-1', subscription: 'ops', every: 'day', zone: 'UTC', madeAt: '2026-11-26T07:00:00Z' },
    ...{ from: '2026-11-25T00:00:00Z', to: '2026-11-26T00:00:00Z' },
    deliveries: [
      { channel: 'chat', state: 'sent', attempts: 1 },
      { channel: 'ops-mail', state: 'failed', attempts: 8, cause: 'refused' },
    ],
  };
  await page.route('**/system/reports', (route) => route.fulfill({ json: [report] }));
  await goTo(page, '/reports');
  await page.getByRole('table', { name: 'Reports' }).getByText('failed').filter({ visible: true }).waitFor();
  await held(page, 'phone-reports');
  await page.close();
});

test('keys are named only where there are keys', { skip }, async () => {
  const page = await phone();
  await goTo(page, '/functions/openfaas-fn/hello/invoke');
  const said = page.getByText('Ctrl Enter');
  await page.getByText('The answer comes here.').waitFor();
  assert.equal(await said.isVisible(), false);
  await held(page, 'phone-invoke');
  await page.close();
  const desk = await signedIn(browser, gateway);
  await goTo(desk, '/functions/openfaas-fn/hello/invoke');
  await desk.getByText('Ctrl Enter').waitFor();
  await desk.close();
});
