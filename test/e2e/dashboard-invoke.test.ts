// Invoke and Calls in full: what is sent, how it comes back, what is kept of it, and how it is made again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, goTo, held, signedIn } from './dashboard-page.ts';
import { evil, until } from './dashboard-rig.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
let gateway: Gateway;
let browser: Browser;
const here = '/functions/openfaas-fn/mirror/invoke';
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

const mirror = `module.exports = async (event, context) => {
  if (event.path === '/picture')
    return context.headers({ 'Content-Type': 'image/png', 'Content-Disposition': "attachment; filename*=UTF-8''..%2F..%2F.a%E2%80%AEgnp.png" })
      .succeed(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]));
  console.log(${JSON.stringify(evil)});
  const { method, path, query, headers } = event;
  return context.headers({ 'Content-Type': 'application/json' }).succeed(
    JSON.stringify({ method, path, query, headers, body: Buffer.from(event.rawBody ?? '').toString('latin1') }));
}`;
/** Says a word each tenth of a second, for as long as anybody listens. */
const talker = `const { Readable } = require('node:stream');
module.exports = async (event, context) => {
  const words = (async function* () {
    for (let i = 0; ; i += 1) { yield 'data: word ' + i + '\\n\\n'; await new Promise((r) => setTimeout(r, 100)); }
  })();
  return context.headers({ 'Content-Type': 'text/event-stream' }).succeed(Readable.from(words));
}`;

before(async () => {
  buildDashboard();
  const t = { after: (fn: () => Promise<void>) => void cleanups.unshift(fn) };
  gateway = await Gateway.start(t);
  if (noBrowser !== false) return;
  browser = await openBrowser(t);
  const spec = { annotations: { 'com.wherry.capture': 'all' } };
  await gateway.deploy({ name: 'mirror', files: { 'handler.js': mirror }, spec });
  await gateway.deploy({ name: 'stream', files: { 'handler.js': talker } });
  const once = { annotations: { 'com.openfaas.retry.attempts': '1' } };
  const fails = 'module.exports = async (event, context) => context.status(500).succeed("no");';
  await gateway.deploy({ name: 'fails', files: { 'handler.js': fails }, spec: once });
  await fetch(`${gateway.url}/async-function/fails`, { method: 'POST', body: evil, headers: gateway.admin });
  await until(async () => {
    const dead = await gateway.system('GET', '/system/queue/calls?state=dead');
    return ((await dead.json()) as unknown[]).length === 1;
  });
});

after(async () => {
  for (const end of cleanups) await end();
});

interface Seen {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function sent(page: Page): Promise<Seen> {
  await page.getByRole('button', { name: 'Send' }).click();
  // It can be saved once it is whole.
  await page.locator('button:enabled', { hasText: 'Download' }).waitFor();
  const text = await page.getByLabel('Body of the answer').textContent();
  return JSON.parse(text ?? '') as Seen;
}

test('the command that is shown is the request that is asked', { skip: noBrowser }, async () => {
  const page = await signedIn(browser, gateway);
  await goTo(page, here);
  await page.getByLabel('Method').selectOption('PUT');
  await page.getByLabel('Body', { exact: true }).fill("it's a body");
  await page.getByRole('button', { name: 'Show command' }).click();
  const dialog = page.getByRole('dialog');
  const lines = await dialog.locator('code').allTextContents();
  assert.match(lines[0] ?? '', /^wherry invoke mirror -n openfaas-fn --method PUT .*-d 'it'\\''s a body'$/);
  assert.match(lines[1] ?? '', /^curl .*-X PUT .*--data-raw 'it'\\''s a body'/);
  assert.ok(lines[1]?.includes(` ${gateway.url}/function/mirror/`), lines[1]);
  await page.close();
});

test('rows of a query, files and forms arrive as they were meant', { skip: noBrowser }, async () => {
  const page = await signedIn(browser, gateway);
  await goTo(page, here);
  await page.getByRole('button', { name: 'Add to query' }).click();
  await page.getByLabel('Query, name 1').fill('who');
  await page.getByLabel('Query, value 1').fill('a&b=c <i>');
  await page.getByLabel('Headers').fill('X-Note: mine');
  await page.getByLabel('Body', { exact: true }).fill('{"a":1}');
  const text = await sent(page);
  assert.deepEqual(
    [text.query['who'], text.headers['x-note'], text.headers['content-type'], text.body],
    ['a&b=c <i>', 'mine', 'application/json', '{"a":1}'],
  );
  const file = { name: 'a "b".bin', mimeType: 'image/png', buffer: Buffer.from([0, 255, 10]) };
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await page.getByLabel('File that is the body').setInputFiles(file);
  const whole = await sent(page);
  assert.deepEqual([whole.headers['content-type'], whole.body], ['image/png', '\u0000\u00ff\n']);
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.getByLabel('Field 1, name').fill('text');
  await page.getByLabel('Field 1, value').fill('@/etc/passwd');
  await page.getByLabel('Field 2, name').fill('photo');
  await page.getByLabel('Field 2, file').setInputFiles(file);
  const form = await sent(page);
  const read = await new Response(Buffer.from(form.body, 'latin1'), {
    headers: { 'content-type': form.headers['content-type'] ?? '' },
  }).formData();
  assert.equal(read.get('text'), '@/etc/passwd');
  assert.deepEqual(Buffer.from(await (read.get('photo') as File).arrayBuffer()), file.buffer);
  await page.getByLabel('Headers').fill('Authorization: Bearer x');
  await page.getByText('Authorization is what this page itself signs in with').waitFor();
  await page.getByLabel('Headers').fill('Cookie: a=b');
  await page.getByText('No browser sends Cookie').waitFor();
  await page.close();
});

test('a request is saved, chosen by its address, renamed, taken along and deleted, without its credentials', {
  skip: noBrowser,
}, async () => {
  const page = await signedIn(browser, gateway);
  await goTo(page, here);
  await page.getByLabel('Headers').fill('X-Note: mine\nX-Api-Key: sw0rdfish');
  await page.getByLabel('Path', { exact: true }).fill('/orders?token=sw0rdfish&a=1');
  await page.getByLabel('Body', { exact: true }).fill(evil);
  await page.getByRole('button', { name: 'Save this request' }).click();
  await page.getByLabel('Name').last().fill(`one ${evil}`.slice(0, 60));
  await page.keyboard.press('Enter');
  await page.getByText(/^Saved one .*without the values of X-Api-Key, \?token/).waitFor();
  assert.match(page.url(), /request=one/);
  const stored = (await page.evaluate('JSON.stringify({ ...localStorage })')) as string;
  assert.match(stored, /X-Note: mine/);
  assert.doesNotMatch(stored, /sw0rdfish|wherry_/);
  await goTo(page, '/overview');
  await goTo(page, here);
  assert.equal(await page.getByLabel('Path', { exact: true }).inputValue(), '/');
  await page.getByLabel('Saved request', { exact: true }).selectOption({ index: 1 });
  assert.equal(await page.getByLabel('Path', { exact: true }).inputValue(), '/orders?token=&a=1');
  assert.equal(await page.getByLabel('Body', { exact: true }).inputValue(), evil);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save all as a file' }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), 'mirror.requests.json');
  await page.getByRole('button', { name: /^Rename/ }).click();
  await page.getByLabel('Name').last().fill('two');
  await page.keyboard.press('Enter');
  await page.getByText('It is called two now.').waitFor();
  await page.getByRole('button', { name: 'Delete two' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('Deleted two.').waitFor();
  assert.equal(
    await page.evaluate('Object.keys(localStorage).some((key) => key.startsWith("requests"))'),
    false,
  );
  await page.getByLabel('File with requests').setInputFiles({
    ...{ name: 'x.json', mimeType: 'application/json' },
    buffer: readFileSync((await saved.path()) ?? ''),
  });
  await page.getByText('Took 1 from x.json.').waitFor();
  await page.getByLabel('File with requests').setInputFiles({
    ...{ name: 'y.json', mimeType: 'application/json' },
    buffer: Buffer.from('[{"name":7},null,{"name":"x","query":[[1,2],["a"]],"headers":{}}]'),
  });
  await page.getByText('Took 1 from y.json.').waitFor();
  assert.equal(await page.evaluate('globalThis.pwned'), undefined);
  await page.close();
});

test('a stream is shown as it comes and stopped; what is no text is saved under a name that is harmless', {
  skip: noBrowser,
}, async () => {
  const page = await signedIn(browser, gateway);
  await goTo(page, '/functions/openfaas-fn/stream/invoke');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByLabel('Body of the answer').getByText('word 3').waitFor();
  await page.getByText('still coming').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('stopped here').waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
  await goTo(page, here);
  await page.getByLabel('Path', { exact: true }).fill('/picture');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByLabel('Body of the answer').getByText('89 50 4e 47 00 01 02 ff').waitFor();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), 'agnp.png');
  assert.deepEqual(
    readFileSync((await saved.path()) ?? ''),
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]),
  );
  await page.getByLabel('Queue it, and don’t wait').check();
  await page.getByLabel('Path', { exact: true }).fill('/later');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('Queued as').getByRole('link').click();
  await page.getByRole('complementary').getByText('Its answer, 200').waitFor();
  await page.close();
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 390])
    test(`what was sent is seen, repeated, and opened to be changed; and found by its trace, ${colorScheme}, ${width} px`, {
      skip: noBrowser,
    }, async () => {
      const alarms: string[] = [];
      const look = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true };
      const page = await signedIn(browser, gateway, look, alarms);
      const answer = await gateway.call(
        'mirror',
        {
          method: 'PUT',
          body: evil,
          headers: {
            ...{ 'content-type': 'text/plain', 'x-note': evil, 'x-api-key': 'hush' },
            traceparent: `00-${trace}-00f067aa0ba902b7-01`,
          },
        },
        '/a%20b?x=%3Ci%3E',
      );
      const id = answer.headers.get('x-call-id') ?? '';
      await goTo(page, `/calls?call=${id}`);
      const panel = page.getByRole('complementary');
      await panel.getByRole('button', { name: 'What was sent and answered' }).click();
      await panel.getByLabel('Request, body').getByText('<img src=x onerror').waitFor();
      await panel.getByText('Never kept: x-api-key').waitFor();
      await panel.getByRole('button', { name: 'Replay' }).click();
      await panel.getByText('Called again').waitFor();
      await held(page, `call-${colorScheme}-${width}`);
      await panel.getByRole('link', { name: trace }).click();
      assert.match(page.url(), new RegExp(`trace=${trace}`));
      await page
        .getByRole('row', { name: /mirror/ })
        .first()
        .waitFor();
      await held(page, `calls-trace-${colorScheme}-${width}`);
      await goTo(page, `${here}?call=${id}`);
      await page.getByText('Sent too, and never kept: x-api-key').waitFor();
      assert.equal(await page.getByLabel('Path', { exact: true }).inputValue(), '/a%20b?x=%3Ci%3E');
      assert.equal(await page.getByLabel('Method').inputValue(), 'PUT');
      await page.getByLabel('Body', { exact: true }).fill('changed');
      const seen = await sent(page);
      assert.deepEqual(
        [seen.method, seen.body, seen.headers['x-note'], seen.query['x']],
        ['PUT', 'changed', evil, '<i>'],
      );
      await held(page, `invoke-answer-${colorScheme}-${width}`);
      await page.getByRole('button', { name: 'Form', exact: true }).click();
      await page.getByRole('button', { name: 'Add a field' }).click();
      await page.getByRole('button', { name: 'Add to query' }).click();
      await held(page, `invoke-form-${colorScheme}-${width}`);
      await goTo(page, '/queue/calls?state=dead');
      await page.getByRole('row', { name: /fails/ }).getByRole('button').first().click();
      await panel.getByRole('button', { name: 'Edit and try again' }).click();
      assert.equal(await panel.getByLabel('Body', { exact: true }).inputValue(), evil);
      await held(page, `queue-edit-${colorScheme}-${width}`);
      assert.deepEqual(alarms, []);
      await page.close();
    });
