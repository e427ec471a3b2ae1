// A signed-in visit to the dashboard by a real browser, for tests that walk through its pages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import { held, newPage } from './dashboard-page.ts';
import type { Gateway } from './gateway.ts';

export { buildDashboard } from './dashboard-page.ts';

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
    page.on('pageerror', (error) => this.alarms.push(error.message));
    page.on('console', (line) => line.type() === 'error' && this.alarms.push(line.text()));
  }

  static async begin(
    browser: Browser,
    gateway: Gateway,
    path: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<Visit> {
    const visit = new Visit(await newPage(browser, options));
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
  look(name: string): Promise<void> {
    return held(this.page, name);
  }

  async end(): Promise<void> {
    await this.page.close();
    assert.deepEqual(this.alarms, []);
  }
}
