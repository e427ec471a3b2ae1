// Every page of the dashboard with something on it: how it looks, what it lets do, and what it never runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, held, signedIn } from './dashboard-page.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };
let gateway: Gateway;
let browser: Browser;

const evil = `<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>`;
const talker = `module.exports = async (event, context) => {
  console.log(${JSON.stringify(`one ${evil}`)});
  console.error('ERROR two');
  console.log('WARN three');
  return context.succeed('hello');
}`;
const crasher = `module.exports = async () => { console.log(${JSON.stringify(`last words ${evil}`)}); process.exit(3); }`;

before(async () => {
  buildDashboard();
  gateway = await Gateway.start(whole);
  if (noBrowser !== false) return;
  browser = await openBrowser(whole);
  const labels = { team: evil };
  const schedule = { 'com.wherry.schedule': '0 8 * * *' };
  const never = { 'com.openfaas.retry.attempts': '1' };
  await gateway.system('POST', '/system/secrets', { name: 'api-key', value: 'hush' });
  await gateway.deploy({
    name: 'talker',
    files: { 'handler.js': talker },
    spec: { labels, secrets: ['api-key'] },
  });
  await gateway.deploy({ name: 'nightly', files: { 'handler.js': talker }, spec: { annotations: schedule } });
  await gateway.deploy({ name: 'crasher', files: { 'handler.js': crasher }, spec: { annotations: never } });
  for (let i = 0; i < 5; i += 1) await gateway.said('talker', 'x');
  await gateway.call('crasher');
  await fetch(`${gateway.url}/async-function/crasher`, {
    method: 'POST',
    body: evil,
    headers: gateway.admin,
  });
  await until(async () => {
    const lanes = (await (await gateway.system('GET', '/system/queue')).json()) as readonly {
      dead: number;
    }[];
    return lanes.some(({ dead }) => dead > 0);
  });
});

after(async () => {
  for (const end of cleanups) await end();
});

async function until(there: () => Promise<boolean>): Promise<void> {
  while (!(await there())) await new Promise((resolve) => setImmediate(resolve));
}

const pages = [
  ...['overview', 'functions', 'functions/openfaas-fn/talker', 'functions/openfaas-fn/talker/invoke'],
  ...['functions/openfaas-fn/talker/logs', 'functions/openfaas-fn/crasher/logs', 'calls'],
  ...[
    'instances',
    'instances/ended',
    'queue',
    'queue/calls?state=dead',
    'schedules',
    'secrets',
    'store',
    'store/figlet',
  ],
  ...[
    'gateway/health',
    'gateway/configuration',
    'gateway/tokens',
    'gateway/audit',
    'gateway/backups',
    'gateway/events',
  ],
];

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`every page is accessible and quiet, ${theme}, ${width} px`, { skip: noBrowser }, async () => {
      const alarms: string[] = [];
      const look = { colorScheme: theme, viewport: { width, height: 900 }, bypassCSP: true };
      const shown = await signedIn(browser, gateway, look, alarms);
      for (const path of pages) {
        await goTo(shown, `/${path}`);
        await held(shown, `${path.replaceAll(/[^\w-]/g, '-')}-${theme}-${width}`);
      }
      assert.deepEqual(alarms, []);
      await shown.close();
    });
  }
}
