// Every page of the dashboard with something on it: how it looks, what it lets do, and what it never runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, held, signedIn, signInLink } from './dashboard-page.ts';
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

async function press(shown: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await shown.keyboard.press(key);
}

test('what happens is shown without a reload, and rows don’t move under the pointer', {
  skip: noBrowser,
}, async () => {
  const shown = await signedIn(browser, gateway, { viewport: { width: 1440, height: 900 } });
  await goTo(shown, '/functions');
  await gateway.deploy({ name: 'newcomer', files: { 'handler.js': talker } });
  const row = shown.getByRole('row', { name: /^newcomer/ });
  await row.waitFor();
  await gateway.said('newcomer', 'x');
  await gateway.said('newcomer', 'x');
  await row.getByText('2', { exact: true }).waitFor();
  await goTo(shown, '/calls');
  const first = shown.getByRole('row').nth(1);
  await first.getByText('newcomer').waitFor();
  await first.hover();
  const before = await shown.getByRole('row').count();
  await gateway.said('talker', 'x');
  await shown.getByRole('button', { name: '1 new' }).waitFor();
  assert.match((await first.textContent()) ?? '', /newcomer/, 'it is where it was');
  await shown.getByRole('button', { name: '1 new' }).click();
  await first.getByText('talker').waitFor();
  assert.equal(await shown.getByRole('row').count(), before + 1);
  await gateway.system('DELETE', '/system/functions', { functionName: 'newcomer' });
  await goTo(shown, '/functions');
  await row.waitFor({ state: 'detached' });
  await shown.close();
});

test('a function comes from the store and is called, with keys alone', { skip: noBrowser }, async () => {
  const shown = await signedIn(browser, gateway);
  await press(shown, 'g', 's');
  await shown.getByRole('heading', { level: 1, name: 'Store' }).waitFor();
  await shown.getByRole('link', { name: 'Figlet' }).focus();
  await press(shown, 'Enter');
  await shown.getByLabel('Name of the function').focus();
  await press(shown, 'Tab', 'Tab', 'Enter');
  await shown.getByRole('heading', { level: 1, name: 'figlet' }).waitFor({ timeout: 60_000 });
  assert.equal(
    await shown.getByLabel('Body', { exact: true }).inputValue(),
    'Wherry',
    'the example is filled in',
  );
  await shown.getByLabel('Body', { exact: true }).focus();
  await press(shown, 'Control+Enter');
  await shown.getByLabel('Body of the answer').getByText('__').waitFor();
  await shown.close();
});

test('a dead letter is found, tried again and discarded, with keys alone', { skip: noBrowser }, async () => {
  const shown = await signedIn(browser, gateway);
  await press(shown, 'g', 'q');
  await shown.getByRole('link', { name: '■ 1' }).focus();
  await press(shown, 'Enter');
  await shown.getByRole('row', { name: /crasher/ }).waitFor();
  await press(shown, 'j', 'Enter');
  await shown.getByRole('complementary').getByText('Attempts on record').waitFor();
  await press(shown, 'Escape', '.');
  await shown.getByRole('dialog', { name: 'Try again 1 call?' }).waitFor();
  await shown.getByRole('button', { name: 'Try again', exact: true }).focus();
  await press(shown, 'Enter');
  await shown.getByText('Waiting again: 1 call.').waitFor();
  // It fails again, which the stream of events tells.
  await shown.getByRole('row', { name: /crasher/ }).waitFor({ timeout: 60_000 });
  await press(shown, 'j', 'Delete');
  const question = shown.getByRole('dialog', { name: 'Discard 1 call?' });
  await question.waitFor();
  await press(shown, 'Escape');
  await question.waitFor({ state: 'detached' });
  await shown.getByRole('row', { name: /crasher/ }).waitFor();
  await press(shown, 'Delete');
  await shown.getByRole('button', { name: 'Discard', exact: true }).focus();
  await press(shown, 'Enter');
  await shown.getByText('Discarded 1 call.').waitFor();
  await shown.close();
});

test('a secret is added, rotated and removed, and is nowhere to be seen', { skip: noBrowser }, async () => {
  const shown = await signedIn(browser, gateway);
  await press(shown, 'g', 'e', 'n');
  await shown.getByRole('dialog', { name: 'Add a secret' }).waitFor();
  await shown.keyboard.type('pass-word');
  await press(shown, 'Tab', 'Tab');
  await shown.keyboard.type('sw0rdfish');
  await press(shown, 'Enter');
  await shown.getByText('Added pass-word.').waitFor();
  await shown
    .getByRole('row', { name: /pass-word/ })
    .getByText('nobody')
    .waitFor();
  await shown
    .getByRole('row', { name: /api-key/ })
    .getByRole('link', { name: 'talker' })
    .waitFor();
  await shown.getByRole('button', { name: 'Rotate pass-word' }).focus();
  await press(shown, 'Enter');
  await shown.keyboard.press('Tab');
  await shown.getByLabel('Value').focus();
  await shown.keyboard.type('sw0rdfish2');
  await press(shown, 'Enter');
  await shown.getByText('pass-word has its new value.').waitFor();
  assert.doesNotMatch(await shown.content(), /sw0rdfish/);
  assert.equal(
    await shown.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]).includes("sw0rdfish")',
    ),
    false,
  );
  await shown.getByRole('button', { name: 'Remove pass-word' }).focus();
  await press(shown, 'Enter');
  await shown.getByRole('button', { name: 'Remove pass-word', exact: true }).last().focus();
  await press(shown, 'Enter');
  await shown.getByText('Removed pass-word.').waitFor();
  await shown.close();
});

test('a schedule rests, goes on and runs now; a token is shown once; the audit log verifies', {
  skip: noBrowser,
}, async () => {
  const shown = await signedIn(browser, gateway);
  await press(shown, 'g', 'h');
  await shown.getByRole('button', { name: 'Pause nightly' }).click();
  await shown.getByText('▲ Paused').waitFor();
  await shown.getByRole('button', { name: 'Resume nightly' }).click();
  await shown.getByText('▲ Paused').waitFor({ state: 'detached' });
  await shown.getByRole('button', { name: 'Run now nightly' }).click();
  await shown.getByText(/nightly is queued as/).waitFor();
  await goTo(shown, '/gateway/tokens');
  await press(shown, 'n');
  await shown.keyboard.type('reader');
  await press(shown, 'Enter');
  const token = await shown.getByRole('dialog', { name: 'The token reader' }).getByRole('code').textContent();
  assert.equal(
    (await fetch(`${gateway.url}/system/info`, { headers: { authorization: `Bearer ${token}` } })).status,
    200,
  );
  await shown.getByRole('button', { name: 'Done' }).click();
  assert.doesNotMatch(await shown.content(), new RegExp(token ?? 'x'));
  await goTo(shown, '/gateway/audit?what=createToken');
  await shown.getByRole('row', { name: /reader/ }).waitFor();
  await shown.getByRole('button', { name: 'Verify' }).click();
  await shown.getByText(/records, all as they were written/).waitFor();
  await shown.close();
});

test('logs follow, are searched and filtered, and stop where somebody reads', {
  skip: noBrowser,
}, async () => {
  const alarms: string[] = [];
  const shown = await signedIn(browser, gateway, {}, alarms);
  await goTo(shown, '/functions/openfaas-fn/talker');
  await press(shown, 'g', 'l');
  const list = shown.getByRole('log');
  await list.getByText('WARN three').first().waitFor();
  const lines = Number(
    /^([\d,]+) lines/.exec((await shown.getByText(/^[\d,]+ lines$/).textContent()) ?? '')?.[1],
  );
  await gateway.said('talker', 'x');
  await shown.getByText(`${lines + 3} lines`).waitFor();
  await shown.getByLabel('Find in the log').fill('three');
  await shown.getByText(new RegExp(`^\\d+ of ${lines + 3} lines$`)).waitFor();
  assert.equal(await list.getByText('ERROR two').count(), 0);
  await shown.getByLabel('Find in the log').fill('');
  await shown.getByLabel('Least level').selectOption('error');
  await list.getByText('WARN three').first().waitFor({ state: 'detached' });
  await list.getByText('ERROR two').first().waitFor();
  assert.match(shown.url(), /level=error/);
  await shown.getByLabel('Least level').selectOption('');
  await list.getByText('WARN three').first().waitFor();
  await list.focus();
  await press(shown, 'Home');
  await shown.getByRole('button', { name: 'Follow', exact: true }).waitFor();
  const saved = shown.waitForEvent('download');
  await shown.getByRole('button', { name: 'Download' }).click();
  assert.equal((await saved).suggestedFilename(), 'talker.openfaas-fn.log');
  assert.equal(await shown.evaluate('globalThis.pwned'), undefined);
  assert.deepEqual(alarms, []);
  await shown.close();
});

test('an instance that ended tells how, and its last words are only text', { skip: noBrowser }, async () => {
  const shown = await signedIn(browser, gateway);
  await press(shown, 'g', 'i');
  await shown.getByRole('link', { name: 'Ended' }).click();
  await shown
    .getByRole('row', { name: /exited with code 3/ })
    .first()
    .waitFor();
  await press(shown, 'j', 'Enter');
  const panel = shown.getByRole('complementary');
  await panel.getByLabel('Last words').getByText('<img src=x onerror').waitFor();
  await panel.getByText('Exit code').waitFor();
  assert.equal(await shown.evaluate('globalThis.pwned'), undefined);
  await press(shown, 'Escape');
  await panel.waitFor({ state: 'detached' });
  await shown.close();
});

test('texts of a store that is not ours never run', { skip: noBrowser }, async () => {
  const shown = await browser.newPage();
  const item = {
    ...{
      name: 'evil',
      title: evil,
      description: evil,
      author: evil,
      repo_url: 'javascript:globalThis.pwned=1',
    },
    ...{ images: { x86_64: evil }, environment: {}, labels: {}, annotations: {} },
    permissions: { network: evil, secrets: [evil] },
    example: { body: evil, answers: evil },
  };
  await shown.route('**/system/store', (route) =>
    route.fulfill({ json: { version: '1', functions: [item] } }),
  );
  await shown.route('**/system/store/evil', (route) => route.fulfill({ json: item }));
  await shown.goto(await signInLink(gateway));
  await shown.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  for (const path of ['/store', '/store/evil']) {
    await goTo(shown, path);
    await shown.getByText('onerror').first().waitFor();
    assert.equal(await shown.locator('main img').count(), 0);
    assert.equal(await shown.locator('a[href^="javascript"]').count(), 0);
    assert.equal(await shown.evaluate('globalThis.pwned'), undefined);
  }
  await shown.close();
});

test('a hundred thousand calls stay scrollable, and are fetched as somebody scrolls', {
  skip: noBrowser,
}, async () => {
  const shown = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const now = Date.now();
  const call = (i: number): object => ({
    ...{
      id: `id-${i}`,
      trigger: 'http',
      target: 'talker',
      method: 'GET',
      path: '/',
      status: 200,
      cold: false,
    },
    ...{ totalMs: 1, waitMs: 0, wakeMs: 0, runMs: 1, bytesIn: 0, bytesOut: 0 },
    startedAt: new Date(now - i).toISOString(),
  });
  let asked = 0;
  await shown.route('**/system/calls?*', (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = query.has('until') ? now - Date.parse(query.get('until') ?? '') : 0;
    asked += 1;
    return route.fulfill({
      json: Array.from({ length: Number(query.get('limit')) }, (_, i) => call(from + i)),
    });
  });
  await shown.goto(await signInLink(gateway));
  await shown.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await goTo(shown, '/calls');
  const rows = shown.getByLabel('Calls, rows');
  await rows.focus();
  for (let pages = 1; pages < 200; pages = asked) {
    await press(shown, 'End');
    await shown.waitForFunction(
      ([most]) => Number(document.querySelector('[role=table]')?.getAttribute('aria-rowcount')) > (most ?? 0),
      [pages * 490],
    );
  }
  assert.ok((await shown.getByRole('row').count()) < 80, 'only what is seen exists');
  const took = await shown.evaluate(`(async () => {
    const rows = document.querySelector('[aria-label="Calls, rows"]');
    const from = performance.now();
    for (let i = 0; i < 20; i += 1) { rows.scrollTop = i * 90_000; await new Promise(requestAnimationFrame); }
    return (performance.now() - from) / 20;
  })()`);
  assert.ok(Number(took) < 250, `${String(took)} ms for a frame`);
  await shown.close();
});

test('who may only read sees functions, and is told what is refused', { skip: noBrowser }, async () => {
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'looker',
    scopes: ['read'],
    functions: 'ta*',
  });
  const { token } = (await made.json()) as { token: string };
  const shown = await browser.newPage();
  shown.setDefaultTimeout(15_000);
  await shown.goto(new URL(await signInLink(gateway)).origin);
  await shown.getByLabel('With a token').fill(token);
  await press(shown, 'Enter');
  await shown.getByText('The one function is healthy').waitFor();
  await goTo(shown, '/instances/ended');
  await shown.getByText('No instance has ended yet').waitFor();
  await goTo(shown, '/gateway/audit');
  await shown.getByRole('alert').getByText('Next:').waitFor();
  await shown.close();
});

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
      await shown.goto('about:blank');
      await shown.goto(new URL(await signInLink(gateway)).origin);
      await shown.getByRole('heading', { name: 'Sign in to Wherry' }).waitFor();
      await held(shown, `sign-in-${theme}-${width}`);
      await shown.close();
    });
  }
}
