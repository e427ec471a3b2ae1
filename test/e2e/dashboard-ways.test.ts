// The ways in, on and back: links to sign in, addresses that are no page, rows that open what they stand for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, held, newPage, signedIn, signInLink } from './dashboard-page.ts';
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
  await gateway.deploy({ name: 'hello', files: { 'handler.js': 'module.exports = async () => "hello"' } });
  await gateway.said('hello');
});

after(async () => {
  for (const end of cleanups) await end();
});

const hash = (page: Page): Promise<unknown> => page.evaluate('location.hash');

test('a link signs in where the page for that is shown already, and its code leaves the address', {
  skip: noBrowser,
}, async () => {
  const page = await newPage(browser);
  const link = await signInLink(gateway);
  await page.goto(new URL(link).origin);
  await page.getByRole('heading', { name: 'Sign in to Wherry' }).waitFor();
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  assert.equal(await hash(page), '');
  const another = await signInLink(gateway);
  await page.evaluate(`location.hash = ${JSON.stringify(new URL(another).hash)}`);
  await page.getByText('You are signed in already. The link was not used.').waitFor();
  assert.equal(await hash(page), '');
  const fresh = await newPage(browser);
  await fresh.goto(another);
  await fresh.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await fresh.close();
  await page.close();
});

test('a token that is not taken, or none, is answered with what helps in a page', {
  skip: noBrowser,
}, async () => {
  const page = await newPage(browser, { viewport: { width: 390, height: 844 }, bypassCSP: true });
  await page.goto(new URL(await signInLink(gateway)).origin);
  const field = page.getByLabel('With a token');
  await field.fill('wrong');
  await field.press('Enter');
  const alert = page.getByRole('alert');
  await alert.getByText('Next: Open a new link, or paste a token that is still taken.').waitFor();
  assert.doesNotMatch((await alert.textContent()) ?? '', /wherry login/);
  await page.getByLabel('With a token').press('Enter');
  await page.getByText('Paste a token first.').waitFor();
  assert.equal(await alert.count(), 1, 'what went wrong before is gone');
  await held(page, 'sign-in-empty');
  await page.close();
});

test('an address that is no page is said to be none, with a way on', { skip: noBrowser }, async () => {
  const page = await signedIn(browser, gateway, { bypassCSP: true });
  await goTo(page, '/nope/<img>');
  await page.getByRole('heading', { level: 1, name: 'No such page' }).waitFor();
  await page.getByText('/nope/<img>').waitFor();
  await held(page, 'no-such-page');
  await page.locator('main').getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await goTo(page, '/');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.close();
});

test('a click anywhere in a row opens it, unless it is for a link or for text', {
  skip: noBrowser,
}, async () => {
  const page = await signedIn(browser, gateway);
  const first = (label: string) => page.getByRole('table', { name: label }).getByRole('row').nth(1);
  const right = async (label: string): Promise<void> => {
    const box = await first(label).boundingBox();
    assert.ok(box !== null);
    await page.mouse.click(box.x + box.width - 3, box.y + box.height / 2);
  };
  await goTo(page, '/functions');
  await right('Functions');
  await page.waitForURL('**/functions/openfaas-fn/hello');
  await goTo(page, '/instances');
  await right('Instances');
  await page.waitForURL('**/functions/openfaas-fn/hello/logs?instance=*');
  await goTo(page, '/instances');
  await first('Instances').getByRole('link', { name: 'hello', exact: true }).click();
  await page.waitForURL('**/functions/openfaas-fn/hello');
  await goTo(page, '/calls');
  await right('Calls');
  await page.getByRole('complementary').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  const text = await first('Calls').getByText('hello').boundingBox();
  assert.ok(text !== null);
  await page.mouse.move(text.x + 1, text.y + text.height / 2);
  await page.mouse.down();
  await page.mouse.move(text.x + 30, text.y + text.height / 2, { steps: 5 });
  await page.mouse.up();
  assert.notEqual(await page.evaluate('String(getSelection())'), '');
  assert.equal(await page.getByRole('complementary').count(), 0, 'text was selected');
  await page.close();
});

test('the audit log is in the order of the times that it tells, and knows whose link signed in', {
  skip: noBrowser,
}, async () => {
  const page = await signedIn(browser, gateway, { bypassCSP: true });
  await goTo(page, '/gateway/audit');
  await page.getByText('by a link of admin').first().waitFor();
  const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const one = { who: 'admin', from: '::1', method: 'GET', call: 'c', status: 200 };
  const counted = { who: '', status: 401, error: 'unauthenticated', count: 3, until: ago(4) };
  await page.route('**/system/audit?*', (route) =>
    route.fulfill({
      json: [
        { ...one, seq: 4, at: ago(2), what: 'second' },
        { ...one, ...counted, seq: 3, at: ago(12), what: 'fourth' },
        { ...one, seq: 2, at: ago(3), what: 'third' },
        { ...one, seq: 5, at: ago(1), what: 'first' },
      ],
    }),
  );
  await goTo(page, '/gateway/audit?who=admin');
  const rows = page.getByRole('table', { name: 'Audit log' }).getByRole('row');
  await rows.getByText('fourth').waitFor();
  const told = (await rows.allInnerTexts()).slice(1).map((text) => text.split(/\n+/).slice(0, 3).join(' '));
  assert.deepEqual(
    told.map((text) => /^(\d) min ago/.exec(text)?.[1]),
    ['1', '2', '3', '4'],
    told.join('; '),
  );
  assert.match(told[3] ?? '', /fourth, 3 times/);
  await held(page, 'audit-order');
  await page.close();
});
