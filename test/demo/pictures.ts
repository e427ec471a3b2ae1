// The pictures of the documentation, taken of the demo in a real browser.
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../e2e/browser.ts';
import type { Gateway } from '../e2e/gateway.ts';

const folder = resolve(import.meta.dirname, '../../docs/images');
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly theme: 'light' | 'dark';
  readonly size: typeof wide;
  /** What has to be there first. */
  readonly until: string;
  /** What is pressed before it is taken, by its name. */
  readonly press?: string;
}

const picture = (name: string, path: string, until: string, more: Partial<Picture> = {}): Picture => ({
  ...{ name, path, until, theme: 'light', size: wide },
  ...more,
});

const search = '/functions/openfaas-fn/search';
const pictures: readonly Picture[] = [
  picture('overview', '/overview', 'main section'),
  picture('functions', '/functions', '[role=rowgroup] [role=row]'),
  picture('metrics', `${search}/metrics?range=24h`, 'canvas'),
  picture('invoke', `${search}/invoke`, '[aria-label="Body of the answer"]', { press: 'Send' }),
  picture('logs', `${search}/logs`, '[aria-label="Log lines"] > *', { theme: 'dark' }),
  picture('versions', `${search}/versions`, 'main li, main [role=row]'),
  picture('instances', '/instances', '[role=rowgroup] [role=row]', { theme: 'dark' }),
  picture('calls', '/calls', '[role=rowgroup] [role=row]'),
  picture('explore', '/explore', 'canvas', { theme: 'dark', press: 'Calls of each function' }),
  picture('queue', '/queue', 'main h1'),
  picture('alerts', '/alerts', 'canvas', { theme: 'dark' }),
  picture('reports', '/reports/usage', 'main h1'),
  picture('deploy', '/deploy', 'main h1'),
  picture('system', '/gateway', 'main h1', { theme: 'dark' }),
  picture('phone', '/overview', 'main section', { size: phone }),
];

/** Writes docs/images/dashboard-NAME.png. */
export async function takePictures(gateway: Gateway): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  const browser = await openBrowser({ after: (end) => void ends.push(end) });
  try {
    await somethingFires(gateway);
    for (const one of pictures) await take(browser, gateway, one);
  } finally {
    for (const end of ends) await end();
  }
}

/** Rules are looked at twice a minute. */
async function somethingFires(gateway: Gateway): Promise<void> {
  for (let looks = 0; looks < 90; looks += 1) {
    const answer = await gateway.system('GET', '/system/alerts');
    const { alerts } = (await answer.json()) as { alerts: readonly { state: string }[] };
    if (alerts.some(({ state }) => state === 'firing')) return;
    await setTimeout(1_000);
  }
  throw new Error('no alert of the demo fires');
}

async function take(browser: Browser, gateway: Gateway, one: Picture): Promise<void> {
  const page = await browser.newPage({ viewport: one.size, colorScheme: one.theme });
  const answer = await gateway.system('POST', '/system/dashboard/link');
  await page.goto(((await answer.json()) as { url: string }).url);
  await page.locator('main h1').waitFor();
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(one.path)})`);
  if (one.press !== undefined) await page.getByRole('button', { name: one.press }).first().click();
  await page.locator(one.until).first().waitFor();
  await still(page);
  await page.screenshot({ path: join(folder, `dashboard-${one.name}.png`) });
  await page.close();
  process.stdout.write(`dashboard-${one.name}.png\n`);
}

/** Until nothing is on its way any more, and nothing moves but what the traffic moves. */
async function still(page: Page): Promise<void> {
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  let before = '';
  for (let looks = 0; looks < 6; looks += 1) {
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 400))');
    const now = (await page.screenshot()).toString('base64');
    if (now === before) return;
    before = now;
  }
}
