import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '@wherry/testkit/free-port';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard, dist, goTo, newPage, pressTogether, signedIn } from './dashboard-page.ts';
import { Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };

let gateway: Gateway;
let address = '';
let browser: Browser | undefined;

before(async () => {
  buildDashboard();
  gateway = await Gateway.start(whole);
  address = (JSON.parse(readFileSync(join(gateway.home, 'server.json'), 'utf8')) as { dashboardUrl: string })
    .dashboardUrl;
  if (noBrowser === false) browser = await openBrowser(whole);
  await gateway.deploy({ name: 'page', files: { 'handler.js': page } });
  await gateway.deploy({ name: 'odd', files: { 'handler.js': odd } });
});

after(async () => {
  for (const end of cleanups) await end();
});

/** Tries what a hostile page would, and writes down what it got. */
const page = `module.exports = async (event, context) => context.status(200).headers({ 'content-type': 'text/html' }).succeed(
  '<script>document.title = "ran"</script><p>a page of a function</p>')`;

const odd = `module.exports = async (event, context) => (console.log('<img src=x onerror="globalThis.pwned=1"> one\\rtwo'), context).status(event.query.status ? Number(event.query.status) : 201)
  .headers({ 'content-type': 'text/html', 'set-cookie': 'a=b', 'content-security-policy': "script-src *", location: 'https://example.com/',
    'www-authenticate': 'Basic realm="x"', 'access-control-allow-origin': '*' })
  .succeed('<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>' + event.body)`;

const opened = (alarms?: string[]): Promise<Page> => signedIn(browser as Browser, gateway, {}, alarms);

/** A navigation, as a browser asks for one. fetch can't say that. */
function get(
  path: string,
  headers: http.OutgoingHttpHeaders,
): Promise<{ status: number; headers: http.IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    http
      .get(`${address}${path}`, { headers }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
      })
      .once('error', reject);
  });
}

test('pages have a policy without exceptions, and files with a hash stay for ever', async () => {
  const first = await fetch(address);
  assert.equal(first.status, 200);
  const policy = first.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(first.headers.get('cache-control'), 'no-cache');
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await first.text())?.[1] ?? '';
  const packed = await fetch(`${address}${script}`, { headers: { 'accept-encoding': 'br' } });
  assert.equal(packed.headers.get('content-encoding'), 'br');
  assert.match(packed.headers.get('cache-control') ?? '', /immutable/);
  assert.equal((await fetch(`${address}/assets/gone.js`)).status, 404);
  for (const path of ['/../package.json', '/%2e%2e/package.json', '/built.json'])
    assert.equal((await fetch(`${address}${path}`)).headers.get('content-type'), 'text/html; charset=utf-8');
});

test('the first load is small, and so is every piece', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const assets = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.gz'));
  const size = (name: string): number => statSync(join(dist, 'assets', name)).size;
  const first = assets.filter((name) => html.includes(name.replace(/\.gz$/, '')));
  assert.ok(first.length >= 2, 'a script and a sheet');
  assert.ok(first.map(size).reduce((sum, bytes) => sum + bytes, 0) <= 200 * 1024);
  for (const name of assets) if (!first.includes(name)) assert.ok(size(name) <= 180 * 1024, name);
});

test('what a function answers is data here: its status and headers say nothing on this origin', async () => {
  const call = (path: string): Promise<Response> =>
    fetch(`${address}${path}`, { method: 'POST', body: 'x', headers: gateway.admin, redirect: 'manual' });
  for (const path of ['/function/odd', '/function/odd?status=302', '/function/odd?status=401']) {
    const answer = await call(path);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
    assert.equal(answer.headers.get('content-disposition'), 'attachment');
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'.*sandbox$/);
    for (const name of ['set-cookie', 'location', 'www-authenticate', 'access-control-allow-origin'])
      assert.equal(answer.headers.get(name), null, name);
    const head = JSON.parse(atob(answer.headers.get('x-wherry-answer') ?? '')) as { headers: string[][] };
    assert.ok(head.headers.some(([name, value]) => name?.toLowerCase() === 'set-cookie' && value === 'a=b'));
  }
  // The control: on the other port the function speaks for itself.
  const there = await gateway.call('odd', { method: 'POST', body: 'x' });
  assert.equal(there.status, 201);
  assert.equal(there.headers.get('content-type'), 'text/html');
});

test('a function is no page, frame, picture, script or worker here, and needs a token even when it is public', async () => {
  assert.equal((await gateway.call('page')).status, 200, 'it is public');
  assert.equal((await fetch(`${address}/function/page`)).status, 401);
  assert.equal((await fetch(`${address}/function/page`, { headers: gateway.admin })).status, 200);
  for (const [mode, dest] of [
    ['navigate', 'document'],
    ['navigate', 'iframe'],
    ['no-cors', 'image'],
    ['no-cors', 'script'],
    ['same-origin', 'worker'],
    ['same-origin', 'serviceworker'],
  ] as const) {
    const answer = await get('/function/page', {
      ...gateway.admin,
      ...{ 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, 'sec-fetch-site': 'same-origin' },
    });
    assert.equal(answer.status, 403, dest);
    assert.match(String(answer.headers['content-security-policy']), /sandbox/);
  }
  const foreign = { ...gateway.admin, origin: gateway.url, 'sec-fetch-site': 'same-site' };
  for (const path of ['/function/page', '/system/functions'])
    assert.equal((await get(path, foreign)).status, 403, path);
  assert.equal((await get('/', { host: 'evil.example' })).status, 421);
});

test('a sign-in link works once, gives no more than its maker has, and ends with it', async () => {
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'looker',
    scopes: ['read'],
    functions: 'pa*',
  });
  const { token } = (await made.json()) as { token: string };
  const asLooker = { authorization: `Bearer ${token}` };
  const newLink = async (): Promise<string> => {
    const answer = await fetch(`${gateway.url}/system/dashboard/link`, { method: 'POST', headers: asLooker });
    return new URL(((await answer.json()) as { url: string }).url).hash.slice('#code='.length);
  };
  const exchange = (code: string): Promise<Response> =>
    fetch(`${address}/system/dashboard/sign-in`, { method: 'POST', body: JSON.stringify({ code }) });
  const code = await newLink();
  const session = (await (await exchange(code)).json()) as Record<string, unknown>;
  assert.deepEqual([session['scopes'], session['functions']], [['read'], 'pa*']);
  assert.ok(Date.parse(String(session['expiresAt'])) < Date.now() + 9 * 3_600_000);
  assert.equal((await exchange(code)).status, 403, 'spent');
  assert.equal((await exchange('A'.repeat(43))).status, 403, 'made up');
  const late = await newLink();
  await gateway.system('DELETE', '/system/tokens/looker');
  assert.equal((await exchange(late)).status, 403, 'its maker has ended');
});

test('/ui/ leads to it, and a gateway whose port is taken goes on without', async (t) => {
  const answer = await fetch(`${gateway.url}/ui/`, { redirect: 'manual' });
  assert.equal(answer.headers.get('location'), address);
  const second = await Gateway.start(t, { args: ['--dashboard-port', new URL(address).port] });
  assert.match(second.output, /there is no dashboard: port \d+ on 127\.0\.0\.1 is taken/);
  assert.equal((await second.system('POST', '/system/dashboard/link')).status, 503);
  assert.match(await (await fetch(`${second.url}/ui/`)).text(), /without its dashboard/);
});

test('a person finds a function, calls it and reads the answer, with keys alone', {
  skip: noBrowser,
}, async () => {
  const alarms: string[] = [];
  const shown = await opened(alarms);
  assert.equal(await shown.evaluate('location.hash + localStorage.length + sessionStorage.length'), '00');
  await shown.keyboard.press('/');
  await shown.keyboard.type('invoke odd');
  await shown.getByRole('option', { name: 'Invoke odd' }).waitFor();
  await shown.keyboard.press('Enter');
  await shown.getByLabel('Body', { exact: true }).focus();
  await shown.keyboard.type('</pre><script>globalThis.pwned=1</script>');
  await shown.keyboard.press('Control+Enter');
  await shown.getByLabel('Body of the answer').getByText('onerror').waitFor();
  assert.equal(await shown.evaluate('globalThis.pwned'), undefined, 'no answer is a page');
  await shown.getByRole('button', { name: 'Headers', exact: true }).focus();
  await shown.keyboard.press('Enter');
  await shown.getByText('a=b').waitFor();
  await shown.getByRole('button', { name: 'Timing' }).focus();
  await shown.keyboard.press('Enter');
  await shown.getByText('Seen from this page').waitFor();
  await shown.keyboard.press('?');
  await shown.getByRole('dialog', { name: 'Keys' }).waitFor();
  await shown.keyboard.press('Escape');
  await pressTogether(shown, 'g', 'c');
  await shown.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
  assert.deepEqual(alarms, []);
  await shown.getByLabel('Which calls').selectOption('failed');
  await shown.getByText('None of the latest').or(shown.getByText('401').first()).waitFor();
  assert.match(shown.url(), /only=failed/);
  await shown.reload();
  await shown.getByRole('heading', { name: 'Sign in to Wherry' }).waitFor();
  await shown.close();
});

test('a log line is text, whatever is in it', { skip: noBrowser }, async () => {
  await gateway.said('odd', 'x').catch(() => undefined);
  const shown = await opened();
  await goTo(shown, '/functions/openfaas-fn/odd/logs');
  const line = shown.getByLabel('Log lines').getByText('<img src=x onerror');
  await line.first().waitFor();
  assert.match((await line.first().textContent()) ?? '', /one·two/, 'it cannot pose as two');
  assert.equal(await shown.evaluate('globalThis.pwned'), undefined);
  await shown.close();
});

test('a lost gateway is told, what was shown stays, and it goes on by itself', {
  skip: noBrowser,
}, async (t) => {
  const args = ['--dashboard-port', String(await freePort())];
  const first = await Gateway.start(t, { args });
  await first.deploy({ name: 'page', files: { 'handler.js': page } });
  const shown = await signedIn(browser as Browser, first);
  await goTo(shown, '/functions');
  await shown.getByRole('link', { name: 'page', exact: true }).waitFor();
  await first.stop();
  await shown.getByText(/Live updates paused, retrying in \d s/).waitFor();
  assert.equal(await shown.getByRole('link', { name: 'page', exact: true }).isVisible(), true);
  const again = await Gateway.start(t, { home: first.home, args });
  await again.deploy({ name: 'second', files: { 'handler.js': page } });
  await shown.getByRole('link', { name: 'second' }).waitFor();
  await shown.getByText(/Live updates paused/).waitFor({ state: 'detached' });
  await shown.close();
});

test('a page that a function serves reads neither dashboard nor API', { skip: noBrowser }, async () => {
  const shown = await newPage(browser as Browser);
  await shown.goto(`${gateway.url}/function/page`);
  assert.equal(await shown.title(), 'ran', 'the page runs scripts');
  const read = (url: string, headers = {}): Promise<unknown> =>
    shown.evaluate(
      `fetch(${JSON.stringify(url)}, { headers: ${JSON.stringify(headers)} }).then((a) => a.status, () => 'refused')`,
    );
  // The control: what shares its origin it reads.
  assert.equal(await read(`${gateway.url}/function/page`), 200);
  assert.equal(await read(`${address}/`), 'refused');
  assert.equal(await read(`${address}/system/functions`, gateway.admin), 'refused', 'even with the token');
  const framed = `new Promise((done) => { const f = document.createElement('iframe'); f.src = ${JSON.stringify(address)};
    f.onload = () => { try { done(f.contentDocument?.body.textContent ?? 'closed') } catch { done('closed') } }; document.body.append(f) })`;
  assert.equal(await shown.evaluate(framed), 'closed');
  await shown.close();
});
