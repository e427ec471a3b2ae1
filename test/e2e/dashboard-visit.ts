// A signed-in visit to the dashboard by a real browser, for tests that walk through its pages.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import { fitsTheWindow } from './dashboard-page.ts';
import type { Gateway } from './gateway.ts';

const root = join(import.meta.dirname, '../..');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function buildDashboard(): void {
  execFileSync(process.execPath, [join(root, 'scripts/dashboard.mjs')], { stdio: 'inherit' });
}

/** Presses one of an Export menu, and hands over what the browser saved. */
export async function saved(
  page: Page,
  menu: Locator,
  format: string,
): Promise<{ name: string; bytes: Buffer }> {
  await menu.click();
  const [download] = (await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: format }).click(),
  ])) as [Download, unknown];
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

export class Visit {
  readonly page: Page;
  /** What the browser complained about; empty in a good visit. */
  readonly alarms: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.alarms.push(error.message));
    page.on('console', (line) => line.type() === 'error' && this.alarms.push(line.text()));
  }

  static async begin(
    browser: Browser,
    gateway: Gateway,
    path: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<Visit> {
    const visit = new Visit(await browser.newPage(options));
    const made = await gateway.system('POST', '/system/dashboard/link');
    await visit.page.goto(((await made.json()) as { url: string }).url);
    await visit.page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await visit.go(path);
    return visit;
  }

  /** Within the page: a reload would sign out. */
  async go(path: string): Promise<void> {
    await this.page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
    await this.page.locator('main h1').waitFor();
    await this.page.locator('main:not(:has([aria-busy]))').waitFor();
  }

  /** Pictures it where WHERRY_SCREENSHOTS names a folder, and holds it to WCAG and to the size of the window. */
  async look(name: string): Promise<void> {
    const folder = process.env['WHERRY_SCREENSHOTS'];
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      await this.page.screenshot({ path: join(folder, `${name}.png`) });
    }
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(
      `axe.run().then(({ violations }) => violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))`,
    );
    assert.deepEqual(found, [], name);
    await fitsTheWindow(this.page, name);
  }

  async end(): Promise<void> {
    await this.page.close();
    assert.deepEqual(this.alarms, []);
  }
}
