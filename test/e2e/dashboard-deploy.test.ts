import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, Visit } from './dashboard-visit.ts';
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
});

after(async () => {
  for (const end of cleanups) await end();
});

test('a function is written in the page with keys alone, and ends where it is called', {
  skip: noBrowser,
}, async () => {
  const visit = await Visit.begin(browser, gateway, '/functions');
  const { page } = visit;
  await page.locator('h1').click();
  await page.keyboard.press('d');
  await page.getByRole('heading', { level: 1, name: 'Deploy' }).waitFor();
  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type('written');
  const editor = page.getByRole('textbox', { name: 'handler.js' });
  await editor.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(
    "module.exports = async (event, context) => context.succeed('written ' + process.env.WHERE)",
  );
  await page.getByRole('button', { name: 'Add to environment' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Environment, name 1').focus();
  await page.keyboard.type('WHERE');
  await page.keyboard.press('Tab');
  await page.keyboard.type('here');
  await page.getByRole('button', { name: 'Deploy written' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/functions\/openfaas-fn\/written\/invoke/);
  await page.getByRole('button', { name: 'Send' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Body of the answer').getByText('written here').waitFor();
  await visit.end();
});

test('no letter is lost, however quickly they come', { skip: noBrowser }, async () => {
  const visit = await Visit.begin(browser, gateway, '/deploy');
  const { page } = visit;
  const editor = page.getByRole('textbox', { name: 'handler.js' });
  await editor.focus();
  // As on a machine with much to do: the page draws what the first letter changed, and is not through with it when the second one comes.
  await page.evaluate(`{
    const { postMessage } = MessagePort.prototype;
    MessagePort.prototype.postMessage = function (...said) { setTimeout(() => postMessage.apply(this, said), 400); };
  }`);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('one', { delay: 600 });
  assert.equal(await editor.innerText(), 'one');
  await visit.end();
});

test('a folder becomes the next version, without the traces of tools, and keeps its settings', {
  skip: noBrowser,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const deep = `${'long-folder-name/'.repeat(7)}word.js`;
  const files = {
    'handler.js': `module.exports = async () => require('./${deep}') + process.env.KEPT`,
    [deep]: "module.exports = 'from a folder '",
    '.git/config': 'x',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await gateway.deploy({
    name: 'shop',
    files: { 'handler.js': 'module.exports = async () => 1' },
    spec: { envVars: { KEPT: 'kept' } },
  });
  const visit = await Visit.begin(browser, gateway, '/deploy?from=files');
  const { page } = visit;
  await page.getByLabel('Name', { exact: true }).fill('shop');
  await page.getByText('this becomes its next version').waitFor();
  await page.getByLabel('Or a folder').setInputFiles(folder);
  await page.getByText('2 files').waitFor();
  await page.getByText('1 traces of tools are left out').waitFor();
  assert.equal(await page.getByLabel('The handler is in').inputValue(), 'handler.js');
  await page.getByRole('button', { name: 'Deploy shop' }).click();
  await page.waitForURL(/shop\/invoke/);
  assert.equal(await gateway.said('shop'), 'from a folder kept');
  await visit.end();
});

test('code that does not start says why, and nothing is changed', { skip: noBrowser }, async () => {
  const visit = await Visit.begin(browser, gateway, '/deploy', { bypassCSP: true });
  const { page } = visit;
  await page.getByLabel('Name', { exact: true }).fill('broken');
  await page.getByLabel('Language').selectOption('python');
  await page.getByRole('textbox', { name: 'handler.py' }).focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('import nothing_of_that_name');
  await page.getByRole('button', { name: 'Deploy broken' }).click();
  const progress = page.getByRole('region', { name: 'Progress' });
  await progress.getByRole('alert').waitFor();
  await progress.getByText(', failed').waitFor({ state: 'attached' });
  await progress
    .getByText(/nothing_of_that_name/)
    .first()
    .waitFor();
  await progress.getByLabel('What it said last').getByText('Traceback').waitFor();
  assert.doesNotMatch((await progress.textContent()) ?? '', /still runs/, 'nothing ran before');
  assert.match(page.url(), /\/deploy/);
  await visit.look('deploy-failed');
  visit.alarms.splice(
    0,
    visit.alarms.length,
    ...visit.alarms.filter((alarm) => !/status of [45]\d\d/.test(alarm)),
  );
  await visit.end();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page to deploy is accessible and looked at, ${colorScheme}`, { skip: noBrowser }, async () => {
    for (const width of [1440, 390]) {
      const viewport = { width, height: 1000 };
      const visit = await Visit.begin(browser, gateway, '/deploy', {
        colorScheme,
        viewport,
        bypassCSP: true,
      });
      await visit.page.getByRole('textbox', { name: 'handler.js' }).waitFor();
      await visit.look(`deploy-${colorScheme}-${width}`);
      await visit.go('/deploy?from=files');
      await visit.page.getByLabel('Or a folder').waitFor();
      await visit.look(`deploy-files-${colorScheme}-${width}`);
      await visit.end();
    }
  });
}
