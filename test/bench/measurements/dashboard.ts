// What somebody waits for who opens the dashboard, and who goes from one page of it to another.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from '../../e2e/browser.ts';
import { type Bench, root } from '../kit/bench.ts';
import { type Job, takeTurns } from '../kit/rounds.ts';
import { atMost, type Section } from '../kit/section.ts';
import { type Sample, settle } from '../kit/statistics.ts';
import { figure, shown, table } from '../kit/table.ts';
import { deployMany } from '../stacks/many-functions.ts';
import { Wherry } from '../stacks/wherry.ts';

const deployed = 50;
const keys = {
  first: 'opened, with nothing in the cache',
  bare: 'a page of one line from a bare `node:http`, to compare',
};
/** Where one goes from Functions, by its link in the rail, and back. */
const routes = ['Overview', 'Calls', 'Queue', 'Store', 'System'] as const;

export async function dashboard(bench: Bench): Promise<Section> {
  if (noBrowser !== false) throw new Error(noBrowser);
  execFileSync(process.execPath, [join(root, 'scripts/dashboard.mjs')], { stdio: 'inherit' });
  const wherry = await Wherry.start(bench);
  await deployMany(wherry, deployed);
  const browser = await openBrowser(bench.scope);
  const bare = await barePage(bench);
  const signedIn = await opened(browser, await link(wherry));
  const jobs: Job<number>[] = [
    { key: keys.first, run: async () => timeOf(browser, await link(wherry), '[role=rowgroup] [role=row]') },
    { key: keys.bare, run: () => timeOf(browser, bare, 'h1') },
    ...routes.map((name) => ({ key: name, run: () => changeTo(signedIn, name) })),
  ];
  const found = await takeTurns([jobs], bench.conduct(1.5));
  const taken = (key: string): Sample[] =>
    (found.get(key) ?? []).map(({ result, foreign }) => ({ value: result, foreign }));
  const ms = (value: number): string => `${figure(value)} ms`;
  const slowest = Math.max(...routes.map((name) => settle(taken(name)).value));
  return {
    title: 'Dashboard',
    goals: [
      atMost('first useful paint: the list of functions is there', settle(taken(keys.first)).value, 1000, ms),
      atMost('change of page, the slowest', slowest, 100, ms),
    ],
    blocks: [
      `Milliseconds in headless Chromium, ${deployed} functions: from the navigation to the frame that shows the list, and from the press of a link to the frame that shows the page's heading.`,
      table(
        ['', 'median', 'least', 'most'],
        [keys.first, keys.bare, ...routes].map((key) => {
          const settled = settle(taken(key));
          return [key, shown(settled, figure), figure(settled.least), figure(settled.most)];
        }),
      ),
    ],
  };
}

async function link({ gateway }: Wherry): Promise<string> {
  const answer = await gateway.system('POST', '/system/dashboard/link');
  const { url } = (await answer.json()) as { url: string };
  return Object.assign(new URL(url), { pathname: '/functions' }).href;
}

async function barePage({ scope }: Bench): Promise<string> {
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>x</title><h1>x</h1>'),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  scope.after(async () => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function opened(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.locator('[role=rowgroup] [role=row]').first().waitFor();
  return page;
}

/** In a fresh context, so that nothing is in a cache: from the navigation to the frame in which `selector` is there. */
async function timeOf(browser: Browser, address: string, selector: string): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(`(${noteFrame})(${JSON.stringify(selector)})`);
    await page.goto(address);
    return await page.evaluate<number>(`(${whenShown})()`);
  } finally {
    await context.close();
  }
}

/** From the press of its link in the rail to the frame that shows the heading; then back. */
async function changeTo(page: Page, name: string): Promise<number> {
  const taken = await go(page, name);
  await go(page, 'Functions');
  return taken;
}

const go = (page: Page, name: string): Promise<number> =>
  page.evaluate<number>(`(${pressAndWait})(${JSON.stringify(name)})`);

// What runs in the page.

const noteFrame = `(selector) => {
  const look = () => {
    if (document.querySelector(selector) === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => (globalThis.shownAt = performance.now()));
  };
  look();
}`;

const whenShown = `() => new Promise((resolve) => {
  const look = () => {
    if (globalThis.shownAt === undefined) requestAnimationFrame(look);
    else resolve(globalThis.shownAt);
  };
  look();
})`;

const pressAndWait = `(name) => new Promise((resolve, reject) => {
  const from = performance.now();
  const link = [...document.querySelectorAll('nav a')].find((one) => one.textContent.trim().startsWith(name));
  if (link === undefined) return reject(new Error('no link to ' + name));
  link.click();
  const look = () => {
    if (document.querySelector('h1')?.textContent.trim().startsWith(name)) requestAnimationFrame(() => resolve(performance.now() - from));
    else requestAnimationFrame(look);
  };
  look();
})`;
