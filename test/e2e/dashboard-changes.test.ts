import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, Visit } from './dashboard-visit.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };
const shop = '/functions/openfaas-fn/shop';

let gateway: Gateway;
let browser: Browser;

before(async () => {
  if (noBrowser !== false) return;
  buildDashboard();
  gateway = await Gateway.start(whole);
  browser = await openBrowser(whole);
  await deploy('one');
});

after(async () => {
  for (const end of cleanups) await end();
});

async function deploy(text: string, envVars: Record<string, string> = {}): Promise<void> {
  const files = {
    'handler.js': `module.exports = async () => ${JSON.stringify(text)} + (process.env.MORE ?? '')`,
  };
  await gateway.deploy({ name: 'shop', files, spec: { envVars: { GREETING: '<b>hi</b>', ...envVars } } });
}

test('a setting is changed by a form, after a look at what would change', { skip: noBrowser }, async () => {
  const visit = await Visit.begin(browser, gateway, `${shop}/configuration`);
  const { page } = visit;
  await page.getByText('<b>hi</b>').waitFor();
  await page.getByRole('button', { name: 'Edit' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Add to environment' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Environment, name 2').fill('MORE');
  await page.getByLabel('Environment, value 2').fill(' and more');
  await page.getByRole('button', { name: 'See what would change' }).click();
  await page.getByRole('row', { name: 'environment MORE' }).getByText('and more').waitFor();
  assert.equal(await page.getByRole('row').count(), 2, 'the head and one change');
  assert.equal(await gateway.said('shop'), 'one', 'nothing is changed yet');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'As stack.yaml' }).waitFor();
  assert.equal(await gateway.said('shop'), 'one and more');
  await visit.end();
});

test('a stack file is edited, mistakes have a line, and what somebody else did is not overwritten', {
  skip: noBrowser,
}, async () => {
  const visit = await Visit.begin(browser, gateway, `${shop}/configuration?edit=yaml`);
  const { page } = visit;
  const editor = page.getByRole('textbox', { name: 'Stack file' });
  await editor.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\n  oops: [');
  await page.getByRole('button', { name: 'See what would change' }).click();
  await page.getByText(/Line \d+, column \d+/).waitFor();
  await editor.click();
  await page.keyboard.press('Control+a');
  const { image } = (await (await gateway.system('GET', '/system/function/shop')).json()) as {
    image: string;
  };
  await page.keyboard.insertText(`functions:\n  shop:\n    image: ${image}\n    labels:\n      team: a\n`);
  await page.getByRole('button', { name: 'See what would change' }).click();
  await page.getByRole('row', { name: 'labels team' }).waitFor();
  await deploy('two');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Somebody else deployed it').waitFor();
  assert.equal(await gateway.said('shop'), 'two');
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: 'Back' })
      .click()
      .then(() => page.getByRole('button', { name: 'Download stack.yaml' }).click()),
  ]);
  assert.match(readFileSync(await saved.path(), 'utf8'), /functions:\n {2}shop:/);
  await visit.end();
});

test('versions say who made them; one goes back, tries one on a share, and promotes it', {
  skip: noBrowser,
}, async () => {
  await deploy('three');
  const visit = await Visit.begin(browser, gateway, `${shop}/versions`);
  const { page } = visit;
  await page.getByText('by admin').first().waitFor();
  const versions = (await (await gateway.system('GET', '/system/function/shop/versions')).json()) as {
    live: number;
  };
  const back = page.getByRole('button', { name: `Roll back to version ${versions.live - 1}` });
  await back.focus();
  await page.keyboard.press('Enter');
  await page.getByText('withdrawn').waitFor();
  assert.equal(await gateway.said('shop'), 'two');
  const archive = await gateway.system('GET', '/system/function/shop');
  const { image } = (await archive.json()) as { image: string };
  await gateway.system('PUT', '/system/functions?canary=10', {
    service: 'shop',
    image,
    envVars: { TRIED: '1' },
  });
  const trial = page.getByRole('region', { name: 'Trial' });
  await trial.getByText('10 % of the calls').waitFor();
  await trial.getByRole('slider').focus();
  await page.keyboard.press('End');
  await trial.getByRole('button', { name: 'Set the share' }).click();
  await trial.getByText('100 % of the calls').waitFor();
  await trial.getByRole('button', { name: 'Promote it' }).click();
  await trial.waitFor({ state: 'detached' });
  const spec = (await (await gateway.system('GET', '/system/function/shop')).json()) as { envVars: unknown };
  assert.deepEqual(spec.envVars, { TRIED: '1' });
  await visit.end();
});

test('a version that never started leaves no gap without a word', { skip: noBrowser }, async () => {
  const files = { 'handler.js': 'throw new Error("at load")' };
  await assert.rejects(gateway.deploy({ name: 'shop', files }), /Error: at load/);
  await deploy('four');
  const [newest] = (
    (await (await gateway.system('GET', '/system/function/shop/versions')).json()) as {
      versions: readonly { version: number }[];
    }
  ).versions;
  const visit = await Visit.begin(browser, gateway, `${shop}/versions`, { bypassCSP: true });
  await visit.page.getByText(`Version ${(newest?.version ?? 0) - 1} never took calls`).waitFor();
  await visit.look('changes-versions-gap');
  await visit.end();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`pages that change things are accessible and looked at, ${colorScheme}`, {
    skip: noBrowser,
  }, async () => {
    for (const width of [1440, 390]) {
      const viewport = { width, height: 1000 };
      const visit = await Visit.begin(browser, gateway, '/calls', { colorScheme, viewport, bypassCSP: true });
      for (const [name, path, shown] of [
        ['configuration', `${shop}/configuration`, 'Resources of an instance'],
        ['form', `${shop}/configuration?edit=form`, 'Annotations'],
        ['yaml', `${shop}/configuration?edit=yaml`, 'Download stack.yaml'],
        ['versions', `${shop}/versions`, 'live'],
      ] as const) {
        await visit.go(path);
        await visit.page.getByText(shown).first().waitFor();
        await visit.look(`changes-${name}-${colorScheme}-${width}`);
      }
      await visit.end();
    }
  });
}
