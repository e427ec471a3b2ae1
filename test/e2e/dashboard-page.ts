// A browser that is signed in to the dashboard of a real gateway, and what every page is held to.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Gateway } from './gateway.ts';

const root = join(import.meta.dirname, '../..');
export const dist = join(root, 'apps/dashboard/dist');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How long a page may take, in ms: it ends what hangs, and measures nothing. */
const patienceMs = 90_000;

export async function newPage(
  browser: Browser,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Page> {
  const shown = await browser.newPage(options);
  shown.setDefaultTimeout(patienceMs);
  return shown;
}

/** Builds it where its sources have changed. */
export function buildDashboard(): void {
  execFileSync(process.execPath, [join(root, 'scripts/dashboard.mjs')], { stdio: 'inherit' });
}

export async function signInLink(gateway: Gateway): Promise<string> {
  const answer = await gateway.system('POST', '/system/dashboard/link');
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { url: string }).url;
}

/** A page that is signed in. What it complains of goes into `alarms`. */
export async function signedIn(
  browser: Browser,
  gateway: Gateway,
  options: Parameters<Browser['newPage']>[0] = {},
  alarms: string[] = [],
): Promise<Page> {
  const shown = await newPage(browser, options);
  shown.on('pageerror', (error) => alarms.push(error.message));
  shown.on(
    'console',
    (line) => line.type() === 'error' && alarms.push(`${line.text()} ${line.location().url}`),
  );
  await shown.goto(await signInLink(gateway));
  await shown.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  return shown;
}

/** Goes to a page within the application: a reload would sign out. Resolves once it waits for nothing. */
export async function goTo(shown: Page, path: string): Promise<void> {
  await shown.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
  await shown.locator('main h1').waitFor();
  await shown.locator('[aria-busy]').first().waitFor({ state: 'detached' });
}

/** What scrolls is within the page: the window itself stays where it is. */
export async function fitsTheWindow(shown: Page, name: string): Promise<void> {
  const of = (size: string): Promise<number> =>
    shown.evaluate(`document.documentElement.scroll${size} - inner${size}`);
  assert.deepEqual(
    [await of('Width'), await of('Height')].map((over) => Math.max(0, over)),
    [0, 0],
    name,
  );
}

/** Milliseconds of a processor that the page has worked since it was asked first, whatever else the machine does. */
export async function workOf(shown: Page): Promise<() => Promise<number>> {
  const devtools = await shown.context().newCDPSession(shown);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
}

/** Presses keys without waiting for the page between them: of pairs, the second has to come within a second. */
export async function pressTogether(shown: Page, ...keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => shown.keyboard.press(key)));
}

/** No violation that axe finds, nothing larger than the window, no script of somebody else's. */
export async function held(shown: Page, name: string): Promise<void> {
  const folder = process.env['WHERRY_SCREENSHOTS'];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    await shown.screenshot({ path: join(folder, `${name}.png`) });
  }
  await shown.evaluate(axe);
  const found = await shown.evaluate(
    `axe.run().then(({ violations }) => violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))`,
  );
  assert.deepEqual(found, [], name);
  await fitsTheWindow(shown, name);
  assert.equal(await shown.evaluate('globalThis.pwned'), undefined, `${name}: a script ran`);
}
