// What people do with the dashboard, mostly with keys alone; and what it never runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser } from './browser.ts';
import { goTo, newPage, pressTogether, signedIn, signInLink } from './dashboard-page.ts';
import { evil, openDashboardRig, talker } from './dashboard-rig.ts';
import type { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
let gateway: Gateway;
let browser: Browser;

before(async () => {
  ({ gateway, browser } = await openDashboardRig({ after: (fn) => void cleanups.unshift(fn) }));
});

after(async () => {
  for (const end of cleanups) await end();
});

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
  await pressTogether(shown, 'g', 's');
  await shown.getByRole('heading', { level: 1, name: 'Store' }).waitFor();
  await shown.getByRole('link', { name: 'Figlet' }).focus();
  await shown.keyboard.press('Enter');
  await shown.getByLabel('Name of the function').focus();
  await press(shown, 'Tab', 'Tab', 'Enter');
  await shown.getByRole('heading', { level: 1, name: 'figlet', exact: true }).waitFor();
  assert.equal(
    await shown.getByRole('textbox', { name: 'Body', exact: true }).inputValue(),
    'Wherry',
    'the example is filled in',
  );
  await shown.getByRole('textbox', { name: 'Body', exact: true }).focus();
  await shown.keyboard.press('Control+Enter');
  await shown.getByLabel('Body of the answer').getByText('__').waitFor();
  await shown.close();
});

test('a dead letter is found, tried again and discarded, with keys alone', { skip: noBrowser }, async () => {
  const shown = await signedIn(browser, gateway);
  await pressTogether(shown, 'g', 'q');
  await shown
    .getByRole('row', { name: /crasher/ })
    .getByRole('link', { name: '2', exact: true })
    .focus();
  await shown.keyboard.press('Enter');
  const rows = shown.getByRole('row', { name: /crasher/ });
  await rows.nth(1).waitFor();
  await press(shown, 'j', 'Enter');
  await shown.getByRole('complementary').getByText('Attempts on record').waitFor();
  await shown.keyboard.press('Escape');
  await shown.getByRole('complementary').waitFor({ state: 'detached' });
  await shown.keyboard.press('x');
  await shown.getByRole('button', { name: 'Try 1 marked again' }).waitFor();
  await shown.keyboard.press('.');
  const again = shown.getByRole('dialog', { name: 'Try again 1 call?' });
  await again.getByRole('button', { name: 'Try again' }).focus();
  await shown.keyboard.press('Enter');
  await shown.getByText('Waiting again: 1 call.').waitFor();
  await again.waitFor({ state: 'detached' });
  await goTo(shown, '/queue/calls?state=dead');
  await rows.last().waitFor();
  await shown.getByLabel('Queued calls, rows').focus();
  // The last one: the other was tried again, and comes and goes meanwhile.
  await press(shown, 'j', 'j', 'Delete');
  const question = shown.getByRole('dialog', { name: 'Discard 1 call?' });
  await question.waitFor();
  await shown.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await rows.last().waitFor();
  await shown.keyboard.press('Delete');
  await question.getByRole('button', { name: 'Discard' }).focus();
  await shown.keyboard.press('Enter');
  await shown.getByText('Discarded 1 call.').waitFor();
  await shown.close();
});

test('a secret is added, rotated and removed, and is nowhere to be seen', { skip: noBrowser }, async () => {
  const shown = await signedIn(browser, gateway);
  await pressTogether(shown, 'g', 'e');
  await shown.getByRole('heading', { level: 1, name: 'Secrets' }).waitFor();
  await shown.keyboard.press('n');
  await shown.getByRole('dialog', { name: 'Add a secret' }).waitFor();
  await shown.keyboard.type('pass-word');
  await press(shown, 'Tab', 'Tab');
  await shown.keyboard.type('sw0rdfish');
  await shown.keyboard.press('Enter');
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
  await shown.keyboard.press('Enter');
  await shown.getByRole('dialog', { name: 'A new value for pass-word' }).waitFor();
  await shown.keyboard.type('sw0rdfish2');
  await shown.keyboard.press('Enter');
  await shown.getByText('pass-word has its new value.').waitFor();
  assert.doesNotMatch(await shown.content(), /sw0rdfish/);
  assert.equal(
    await shown.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]).includes("sw0rdfish")',
    ),
    false,
  );
  await shown.getByRole('button', { name: 'Remove pass-word' }).focus();
  await shown.keyboard.press('Enter');
  await shown.getByRole('button', { name: 'Remove pass-word', exact: true }).last().focus();
  await shown.keyboard.press('Enter');
  await shown.getByText('Removed pass-word.').waitFor();
  await shown.close();
});

test('a schedule rests, goes on and runs now; a token is shown once; the audit log verifies', {
  skip: noBrowser,
}, async () => {
  const shown = await signedIn(browser, gateway);
  await pressTogether(shown, 'g', 'h');
  await shown.getByRole('button', { name: 'Pause nightly' }).click();
  await shown.getByText('▲ Paused').waitFor();
  await shown.getByRole('button', { name: 'Resume nightly' }).click();
  await shown.getByText('▲ Paused').waitFor({ state: 'detached' });
  await shown.getByRole('button', { name: 'Run now nightly' }).click();
  await shown.getByText(/nightly is queued as/).waitFor();
  await goTo(shown, '/gateway/tokens');
  await shown.keyboard.press('n');
  await shown.keyboard.type('reader');
  await shown.keyboard.press('Enter');
  const token = await shown.getByRole('dialog', { name: 'The token reader' }).getByRole('code').textContent();
  const row = shown.getByRole('row', { name: /reader/, includeHidden: true });
  // It was not used when the list was read.
  await row.getByText('never', { exact: true }).waitFor();
  assert.equal(
    (await fetch(`${gateway.url}/system/info`, { headers: { authorization: `Bearer ${token}` } })).status,
    200,
  );
  await shown.getByRole('button', { name: 'Done' }).click();
  assert.doesNotMatch(await shown.content(), new RegExp(token ?? 'x'));
  await row.getByText('never', { exact: true }).waitFor({ state: 'detached' });
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
  await pressTogether(shown, 'g', 'l');
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
  await shown.keyboard.press('Home');
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
  await pressTogether(shown, 'g', 'i');
  await shown.getByRole('link', { name: 'Ended' }).click();
  await shown.getByLabel('Which ends').selectOption('unasked');
  const row = shown.getByRole('row', { name: /exited with code 3/ }).first();
  await row.getByRole('button').focus();
  await shown.keyboard.press('Enter');
  const panel = shown.getByRole('complementary');
  await panel.getByLabel('Last words').getByText('<img src=x onerror').waitFor();
  await panel.getByText('Exit code').waitFor();
  assert.equal(await shown.evaluate('globalThis.pwned'), undefined);
  await shown.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await shown.close();
});

test('a namespace that is chosen goes along, stands in the address, and hides the others', {
  skip: noBrowser,
}, async () => {
  await gateway.system('POST', '/system/namespace/', { name: 'team-a' });
  await gateway.deploy({ name: 'theirs', files: { 'handler.js': talker }, spec: { namespace: 'team-a' } });
  const shown = await signedIn(browser, gateway);
  await pressTogether(shown, 'g', 'f');
  await shown.getByRole('link', { name: 'talker' }).waitFor();
  await shown.getByRole('link', { name: 'theirs' }).waitFor();
  await shown.getByLabel('Namespace').selectOption('team-a');
  await shown.getByRole('link', { name: 'talker' }).waitFor({ state: 'detached' });
  assert.match(shown.url(), /\?namespace=team-a$/);
  await shown.getByRole('link', { name: 'theirs' }).click();
  await shown.getByRole('heading', { level: 1, name: 'theirs' }).waitFor();
  await pressTogether(shown, 'g', 'o');
  await shown.getByText('The one function is healthy').waitFor();
  assert.match(shown.url(), /overview\?namespace=team-a$/);
  await shown.getByLabel('Namespace').selectOption('');
  await shown
    .getByText(/failed for good|does not start|healthy/)
    .first()
    .waitFor();
  await pressTogether(shown, 'g', 'f');
  await shown.getByRole('link', { name: 'talker' }).waitFor();
  assert.doesNotMatch(shown.url(), /namespace/);
  await gateway.system('DELETE', '/system/functions', { functionName: 'theirs', namespace: 'team-a' });
  await shown.close();
});

test('texts of a store that is not ours never run', { skip: noBrowser }, async () => {
  const shown = await newPage(browser);
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

test('who may only read sees functions, and is told what is refused', { skip: noBrowser }, async () => {
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'looker',
    scopes: ['read'],
    functions: 'ta*',
  });
  const { token } = (await made.json()) as { token: string };
  const shown = await newPage(browser);
  await shown.goto(new URL(await signInLink(gateway)).origin);
  await shown.getByLabel('With a token').fill(token);
  await shown.keyboard.press('Enter');
  await shown.getByText('2 alerts fire.').waitFor();
  await goTo(shown, '/alerts');
  const cards = shown.getByRole('article');
  await cards.filter({ hasText: 'evil: it is' }).waitFor();
  assert.equal(await cards.count(), 2, 'of its function alone, and nothing of the gateway');
  assert.equal(await cards.getByText('crasher').count(), 0);
  await goTo(shown, '/alerts/channels');
  await shown.getByRole('alert').getByText('Next:').waitFor();
  await goTo(shown, '/instances/ended');
  await shown.getByText('No instance has ended yet').waitFor();
  await goTo(shown, '/gateway/audit');
  await shown.getByRole('alert').getByText('Next:').waitFor();
  await shown.close();
});
