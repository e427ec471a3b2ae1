// What the dashboard says of messages that do not arrive, in a real browser.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, Visit } from './dashboard-visit.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };
const args = [
  ...['--alerts-every', '1s', '--alerts-wait', '0s', '--alerts-interval', '0s'],
  ...['--alerts-targets', '127.0.0.1'],
];
let gateway: Gateway;
let browser: Browser;
let refusing = '';

before(async () => {
  if (noBrowser !== false) return;
  buildDashboard();
  gateway = await Gateway.start(whole, { args });
  browser = await openBrowser(whole);
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(410).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whole.after(async () => void server.close());
  refusing = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await gateway.deploy({ name: 'shop', files: { 'handler.js': `module.exports = async () => 'sold';` } });
});

after(async () => {
  for (const end of cleanups) await end();
});

async function put(path: string, body: unknown): Promise<void> {
  const answer = await gateway.system('PUT', `/system/alerts/${path}`, body);
  assert.equal(answer.status, 200, await answer.text());
}

test('a card says who was told, why not, and that there is nobody; the overview counts what is silenced', {
  skip: noBrowser,
}, async () => {
  const visit = await Visit.begin(browser, gateway, '/alerts');
  const { page } = visit;
  await put('rules/always', { query: 'vector(1)', is: '>', threshold: 0, subject: 'the number one' });
  const card = page.getByRole('article').filter({ hasText: 'always' });
  await card.getByText('Nobody is told: there is no channel').waitFor();
  await visit.look('alert-told-nobody');
  await put('channels/mail', {
    kind: 'email',
    mail: { host: 'mail.nowhere.invalid', from: 'wherry@example.com', to: ['ops@example.com'] },
  });
  await card.getByText(/is not told yet, \d+ tr(?:y|ies) failed: .*mail\.nowhere\.invalid/).waitFor();
  await visit.look('alert-told-not-yet');
  await visit.go('/alerts/channels');
  await page.getByText(/is not told yet, \d+ tr(?:y|ies) failed/).waitFor();
  await page.getByRole('link', { name: '1 waits' }).click();
  await page.getByRole('row').filter({ hasText: 'channel mail' }).getByText('Waiting').waitFor();
  await visit.go('/overview');
  await page.getByText('1 alert fires.').waitFor();
  await gateway.system('POST', '/system/alerts/silences', { matchers: ['alertname=always'], for: '1h' });
  await page.getByText('The one function is healthy · 1 alert silenced.').waitFor();
  await visit.end();
});

test('dead letters of a channel are found where their number leads, and go with their channel', {
  skip: noBrowser,
}, async () => {
  // What ops does not take becomes an alert, which would be one more message that ops does not take.
  const silence = { matchers: ['alertname=alert-delivery'], for: '1h' };
  assert.equal((await gateway.system('POST', '/system/alerts/silences', silence)).status, 200);
  await put('channels/ops', { kind: 'webhook', url: refusing });
  await gateway.system('POST', '/system/alerts/channels/ops/test');
  const visit = await Visit.begin(browser, gateway, '/overview');
  const { page } = visit;
  await page.getByRole('link', { name: 'channel ops' }).click();
  await page.getByRole('row').filter({ hasText: 'channel ops' }).getByText('Dead').waitFor();
  await visit.go('/queue');
  const lane = page.getByRole('row').filter({ hasText: 'channel ops' });
  await lane.getByRole('link', { name: '1', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'channel ops' }).getByText('Dead').waitFor();
  await visit.go('/alerts/channels');
  await page.getByText('1 was given up').waitFor();
  await page.getByText(/was not told, the message was given up: it answered 410/).waitFor();
  await page.getByRole('button', { name: 'Remove ops' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove ops?' });
  await dialog.getByText('1 message that it has not taken is discarded with it.').waitFor();
  await dialog.getByRole('button', { name: 'Remove ops' }).click();
  await dialog.waitFor({ state: 'detached' });
  await visit.go('/queue');
  await lane.waitFor({ state: 'detached' });
  await visit.end();
});

test('the buttons of a long dialog are in view, and what is cut off shows that it is', {
  skip: noBrowser,
}, async () => {
  const visit = await Visit.begin(browser, gateway, '/alerts/rules', {
    viewport: { width: 1440, height: 900 },
  });
  const { page } = visit;
  for (const [path, button] of [
    ['/alerts/rules', 'Add a rule'],
    ['/alerts/channels', 'Add a channel'],
  ] as const) {
    await visit.go(path);
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: button });
    for (const [name, height] of [
      ['Cancel', 900],
      ['Add', 500],
    ] as const) {
      await page.setViewportSize({ width: 1440, height });
      const box = await dialog.getByRole('button', { name, exact: true }).boundingBox();
      assert.ok(box !== null && box.y + box.height <= height * 0.93, `${button}: ${name} at ${box?.y}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await visit.look(`dialog-${button}`);
    await page.keyboard.press('Escape');
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await visit.go('/alerts');
  const head = await page.locator('main > header, main header:has(h1)').first().boundingBox();
  assert.ok(head !== null && head.height < 50, `one row of controls, ${head?.height} px`);
  const shadow = `getComputedStyle(document.querySelector('nav[aria-label="About alerts"]')).backgroundAttachment`;
  assert.equal(await page.evaluate(shadow), 'local, local, scroll, scroll');
  await visit.look('alerts-narrow');
  await visit.end();
});
