// The five main tasks, from the front page to their end, in both themes, on a desk and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser } from './browser.ts';
import type { Hand } from './dashboard-hands.ts';
import { goTo, signedIn } from './dashboard-page.ts';
import { type DashboardRig, openDashboardRig, until } from './dashboard-rig.ts';
import type { Gateway } from './gateway.ts';

interface Walk {
  readonly gateway: Gateway;
  readonly page: Page;
  readonly hand: Hand;
  /** Of this walk alone. */
  readonly mark: string;
}

async function fromTheStore({ page, hand, mark }: Walk): Promise<void> {
  await hand.goTo('Store', ['g', 's']);
  await hand.press(page.getByRole('link', { name: 'Figlet' }));
  await hand.write(page.getByLabel('Name of the function'), `figlet-${mark}`);
  await hand.press(page.getByRole('button', { name: /^Deploy/ }));
  await page.waitForURL(new RegExp(`/figlet-${mark}/invoke`));
  await hand.press(page.getByRole('button', { name: 'Send' }));
  await page.getByLabel('Body of the answer').getByText('__').waitFor();
}

async function written({ page, hand, mark }: Walk): Promise<void> {
  await hand.goTo('Deploy', ['d']);
  await hand.write(page.getByLabel('Name', { exact: true }), `own-${mark}`);
  const code = 'module.exports = async (event, context) => context.succeed("written here")';
  await hand.write(page.getByRole('textbox', { name: 'handler.js' }), code);
  await hand.press(page.getByRole('button', { name: `Deploy own-${mark}` }));
  await page.waitForURL(new RegExp(`/own-${mark}/invoke`));
  await hand.press(page.getByRole('button', { name: 'Send' }));
  await page.getByLabel('Body of the answer').getByText('written here').waitFor();
}

async function called({ page, hand, mark }: Walk): Promise<void> {
  await hand.goTo('Functions', ['g', 'f']);
  await hand.press(page.getByRole('link', { name: `picky-${mark}`, exact: true }));
  const tabs = page.getByRole('navigation', { name: 'About this function' });
  await hand.press(tabs.getByRole('link', { name: 'Invoke' }));
  await hand.press(page.getByRole('button', { name: 'Add to query' }));
  await hand.write(page.getByLabel('Query, name 1'), 'who');
  await hand.write(page.getByLabel('Query, value 1'), 'a&b');
  await hand.write(page.getByLabel('Body', { exact: true }), 'ok');
  await hand.press(page.getByRole('button', { name: 'Send' }));
  await page.getByLabel('Body of the answer').getByText('second a&b').waitFor();
  await hand.press(page.getByRole('button', { name: 'Timing' }));
  await page.getByText('Seen from this page').waitFor();
  await hand.press(tabs.getByRole('link', { name: 'Logs' }));
  await page.getByRole('log').getByText('I got ok').first().waitFor();
}

async function explained({ page, hand, mark }: Walk): Promise<void> {
  await hand.goTo('Calls', ['g', 'c']);
  await hand.write(page.getByLabel('Filter by function, path, status or id'), `picky-${mark}`);
  await hand.down(page.getByLabel('Which calls'), 1);
  await hand.openRow(page.getByRole('row', { name: /500/ }).first());
  const panel = page.getByRole('complementary');
  await hand.press(panel.getByRole('button', { name: 'Log lines of this call' }));
  await panel.getByText('ERROR I wanted ok').waitFor();
  await hand.press(panel.getByRole('button', { name: 'What was sent and answered' }));
  await panel
    .getByLabel('Request, body')
    .getByText(/no[tr] this/)
    .waitFor();
  await panel.getByLabel('Answer, body').getByText('I wanted ok').waitFor();
  await hand.press(panel.getByRole('button', { name: 'Replay' }));
  await panel.getByText('Called again').waitFor();
  await hand.press(panel.getByRole('button', { name: 'Close' }));
  await panel.waitFor({ state: 'detached' });
}

async function redriven({ page, hand, mark }: Walk): Promise<void> {
  await hand.goTo('Queue', ['g', 'q']);
  const lane = page.getByRole('row', { name: new RegExp(`^picky-${mark}`) });
  await hand.press(lane.getByRole('link', { name: '1', exact: true }));
  await hand.openRow(page.getByRole('row', { name: new RegExp(`picky-${mark}`) }));
  const panel = page.getByRole('complementary');
  await hand.press(panel.getByRole('button', { name: 'Edit and try again' }));
  await hand.write(panel.getByLabel('Body', { exact: true }), 'ok');
  await hand.press(panel.getByRole('button', { name: 'Try again, edited' }));
  await panel.getByText('Repeats').waitFor();
  await panel.getByText('done', { exact: true }).waitFor();
  await hand.press(panel.getByRole('button', { name: 'Close' }));
}

async function rolledBack({ gateway, page, hand, mark }: Walk): Promise<void> {
  await hand.goTo('Functions', ['g', 'f']);
  await hand.press(page.getByRole('link', { name: `picky-${mark}`, exact: true }));
  const tabs = page.getByRole('navigation', { name: 'About this function' });
  await hand.press(tabs.getByRole('link', { name: 'Versions' }));
  await hand.press(page.getByRole('button', { name: 'Roll back to version 1' }));
  await until(async () => (await gateway.said(`picky-${mark}`, 'ok')).startsWith('first'));
}

const picky = (answer: string): string => `module.exports = async (event, context) => {
  if (event.body === 'ok') { console.log('I got ok'); return context.succeed('${answer} ' + event.query.who); }
  console.error('ERROR I wanted ok');
  return context.status(500).succeed('I wanted ok');
}`;

/** A function with two versions, a call that failed, and a dead letter. */
async function prepare(gateway: Gateway, mark: string): Promise<void> {
  const name = `picky-${mark}`;
  const spec = { annotations: { 'com.openfaas.retry.attempts': '1', 'com.wherry.capture': 'failures' } };
  for (const answer of ['first', 'second'])
    await gateway.deploy({ name, files: { 'handler.js': picky(answer) }, spec });
  await gateway.call(name, { method: 'POST', body: 'not this', headers: { 'content-type': 'text/plain' } });
  await fetch(`${gateway.url}/async-function/${name}`, {
    method: 'POST',
    body: 'nor this',
    headers: gateway.admin,
  });
  await until(async () => {
    const dead = await gateway.system('GET', `/system/queue/calls?state=dead&function=${name}`);
    return ((await dead.json()) as unknown[]).length === 1;
  });
}

const tasks = {
  'deploys from the store': fromTheStore,
  'writes a function': written,
  'calls one and reads its logs': called,
  'finds why a call failed': explained,
  'corrects a dead letter': redriven,
  'goes back to a version': rolledBack,
};

export function walkAll(means: string, handOf: (page: Page) => Hand): void {
  const cleanups: (() => Promise<void>)[] = [];
  let rig: DashboardRig;
  before(async () => {
    rig = await openDashboardRig({ after: (fn) => void cleanups.unshift(fn) });
  });
  after(async () => {
    for (const end of cleanups) await end();
  });
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390])
      test(`with ${means}, ${colorScheme}, ${width} px`, { skip: noBrowser }, async (t) => {
        const { gateway, browser } = rig;
        const mark = `${colorScheme}-${width}`;
        await prepare(gateway, mark);
        const alarms: string[] = [];
        const look = { colorScheme, viewport: { width, height: 900 } };
        const page = await signedIn(browser, gateway, look, alarms);
        for (const [name, task] of Object.entries(tasks))
          await t.test(name, async () => {
            await task({ gateway, page, hand: handOf(page), mark }).catch(async (error: Error) => {
              error.message += `\nThe page says: ${await page.locator('main').innerText()}`;
              throw error;
            });
            const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
            assert.equal(fits, true, 'nothing is wider than the window');
            await goTo(page, '/overview');
          });
        assert.deepEqual(alarms, []);
        await page.close();
      });
}
