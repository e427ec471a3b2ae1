// The alerts page in a real browser: what fires is seen as it fires, and everything that the API offers is done by hand.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AlertList, SilenceInfo } from '@wherry/wire/alert-lists';
import type { ChannelInfo } from '@wherry/wire/alert-channels';
import type { AlertRuleInfo } from '@wherry/wire/alert-rules';
import type { Browser, Page } from 'playwright-core';
import { nextRound } from './alert-rounds.ts';
import { noBrowser, openBrowser } from './browser.ts';
import { evil } from './dashboard-rig.ts';
import { buildDashboard, Visit } from './dashboard-visit.ts';
import { freshHome, Gateway } from './gateway.ts';

const cleanups: (() => Promise<void>)[] = [];
const whole = { after: (fn: () => Promise<void>): void => void cleanups.unshift(fn) };
const args = [
  ...['--alerts-every', '1s', '--alerts-wait', '0s', '--alerts-interval', '0s'],
  ...['--alerts-targets', '127.0.0.1'],
];

let gateway: Gateway;
let browser: Browser;

before(async () => {
  if (noBrowser !== false) return;
  buildDashboard();
  gateway = await Gateway.start(whole, { args });
  browser = await openBrowser(whole);
  await gateway.deploy({
    name: 'shop',
    files: {
      'handler.js': `module.exports = async (event) => { console.log(String(event.body)); return ''; };`,
    },
  });
});

after(async () => {
  for (const end of cleanups) await end();
});

async function get<T>(path: string): Promise<T> {
  const answer = await gateway.system('GET', `/system/alerts${path}`);
  assert.equal(answer.status, 200);
  return (await answer.json()) as T;
}

async function put(path: string, body: unknown): Promise<void> {
  const answer = await gateway.system('PUT', `/system/alerts/${path}`, body);
  assert.equal(answer.status, 200, await answer.text());
}

/** Moves the focus there and presses Enter: without a pointer. */
async function press(page: Page, name: string | RegExp, inside: Page | ReturnType<Page['getByRole']> = page) {
  await inside.getByRole('button', { name, exact: typeof name === 'string' }).focus();
  await page.keyboard.press('Enter');
}

/** A receiver of messages; what comes is handed out one after the other. */
async function sink(t: { after(fn: () => void): void }) {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in?key=very-secret`,
    /** Answers all that comes from now on, and says what did. */
    all(status: number): readonly string[] {
      const came: string[] = [];
      server.removeAllListeners('request');
      server.on('request', async (request: http.IncomingMessage, response: http.ServerResponse) => {
        let body = '';
        for await (const piece of request) body += String(piece);
        came.push(body);
        response.writeHead(status).end();
      });
      return came;
    },
    async next(status: number): Promise<string> {
      const [request, response] = (await once(server, 'request')) as [
        http.IncomingMessage,
        http.ServerResponse,
      ];
      let body = '';
      for await (const piece of request) body += String(piece);
      response.writeHead(status).end();
      return body;
    },
  };
}

test('an alert is seen as it fires, with its line, and is silenced with keys alone', {
  skip: noBrowser,
}, async () => {
  const overview = await Visit.begin(browser, gateway, '/overview');
  await overview.page.getByText('The one function is healthy.').waitFor();
  const visit = await Visit.begin(browser, gateway, '/alerts');
  const { page } = visit;
  await page.getByRole('heading', { name: 'Nothing is firing' }).waitFor();
  await page.getByRole('link', { name: /^\d+ rules watch$/ }).waitFor();
  await page.getByRole('link', { name: 'add a channel' }).waitFor();
  await put('rules/lost', {
    logs: { functions: 'shop', pattern: 'order \\d+ lost', within: '1h' },
    ...{ severity: 'critical', summary: '{{ function }}: {{ line }}', action: `find it ${evil}` },
  });
  await nextRound(gateway);
  await gateway.said('shop', `order 7 lost ${evil}`);
  // No page is asked to look again: each hears of it.
  const card = page.getByRole('article').filter({ hasText: 'order 7 lost' });
  await card.getByText('Critical').waitFor();
  await card.getByText('What to do: find it <img').waitFor();
  assert.equal(await card.getByText(evil).count(), 3, 'summary, action and line, as text');
  await overview.page.getByText('1 alert fires.').waitFor();
  const attention = overview.page.getByRole('link', { name: /^shop: order 7 lost/ });
  await attention.waitFor();
  await overview.page.getByRole('link', { name: 'Alerts 1 firing' }).waitFor();
  await attention.click();
  await overview.page.waitForURL(/\/alerts$/);
  await overview.end();

  await page.keyboard.press('j');
  await page.keyboard.press('.');
  const dialog = page.getByRole('dialog', { name: 'Silence lost' });
  await dialog.waitFor();
  // The first length has the focus.
  await page.keyboard.press('ArrowDown');
  assert.equal(await dialog.getByLabel('4 hours').isChecked(), true);
  await page.keyboard.press('Enter');
  await card.getByText('silenced').waitFor();
  await page.getByRole('link', { name: 'Alerts', exact: true }).waitFor();
  const [silence] = await get<readonly SilenceInfo[]>('/silences');
  assert.deepEqual(silence?.matchers, ['alertname="lost"', 'function_name="shop.openfaas-fn"']);
  const hours = (Date.parse(silence.until) - Date.parse(silence.from)) / 3_600_000;
  assert.equal(hours, 4);
  await press(page, 'End the silence');
  await card.getByRole('button', { name: /^Silence/ }).waitFor();
  assert.equal(await page.evaluate('globalThis.pwned'), undefined);
  await gateway.system('DELETE', '/system/alerts/rules/lost');
  await page.getByRole('heading', { name: 'Nothing is firing' }).waitFor();
  await visit.end();
});

test('an alert over numbers has its chart, of its own series alone, with the line beyond which it fires', {
  skip: noBrowser,
}, async () => {
  await put('rules/up', {
    query: `label_replace(vector(7), "function_name", "shop.openfaas-fn", "", "") or label_replace(vector(9), "host", "a$$1", "", "") # all`,
    ...{ threshold: 5, subject: 'what it has', summary: '{{ function }}{{ host }} has {{ value }}' },
  });
  const visit = await Visit.begin(browser, gateway, '/alerts');
  const card = visit.page.getByRole('article').filter({ hasText: 'shop has 7' });
  await card.locator('canvas').waitFor({ state: 'attached' });
  const legend = card.getByRole('table');
  await legend.getByText('shop.openfaas-fn').waitFor();
  await legend.getByText('threshold').waitFor();
  assert.equal(await legend.getByText('a$1').count(), 0);
  const other = visit.page.getByRole('article').filter({ hasText: 'a$1 has 9' });
  await other.getByRole('table').getByText('a$1', { exact: true }).waitFor();
  assert.equal(await other.getByRole('table').getByText('shop').count(), 0);
  await card.getByRole('link', { name: 'Logs' }).click();
  await visit.page.waitForURL(/\/functions\/openfaas-fn\/shop\/logs/);
  await visit.end();
  await gateway.system('DELETE', '/system/alerts/rules/up');
});

test('a channel is added and tried, and what is secret about it is nowhere', {
  skip: noBrowser,
}, async (t) => {
  const hooks = await sink(t);
  const visit = await Visit.begin(browser, gateway, '/alerts/channels');
  const { page } = visit;
  await page.getByRole('heading', { name: 'Nobody is told of alerts' }).waitFor();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Add a channel' });
  await dialog.getByLabel('Name').fill('ops');
  await dialog.getByLabel('Kind').selectOption('webhook');
  await dialog.getByLabel('Address').fill(hooks.url);
  await dialog.getByLabel('Takes only').fill('severity=~"major|critical"');
  await press(page, 'Add', dialog);
  await dialog.waitFor({ state: 'detached' });
  const list = page.getByRole('list', { name: 'Channels' });
  await list.getByText('takes severity=~"major|critical"').waitFor();
  const came = hooks.next(204);
  await press(page, 'Test ops');
  assert.match(await came, /This is a test: nothing is wrong/);
  await page.getByText('The test arrived.').waitFor();
  await press(page, 'Change ops');
  const change = page.getByRole('dialog', { name: 'Change ops' });
  assert.equal(await change.getByLabel('Address').inputValue(), '');
  await page.keyboard.press('Escape');
  assert.doesNotMatch(await page.content(), /very-secret/);
  await visit.go('/alerts/history');
  await page.getByRole('row').filter({ hasText: 'Delivered' }).getByText('ops').waitFor();
  await visit.go('/alerts/channels');
  await press(page, 'Remove ops');
  await press(page, 'Remove ops', page.getByRole('dialog', { name: 'Remove ops?' }));
  await page.getByRole('heading', { name: 'Nobody is told of alerts' }).waitFor();
  await visit.end();
});

test('a heartbeat is tried by a button and a key, and says what came back', {
  skip: noBrowser,
}, async (t) => {
  const hooks = await sink(t);
  await put('channels/dead-man', { kind: 'heartbeat', url: hooks.url });
  const visit = await Visit.begin(browser, gateway, '/alerts/channels');
  const { page } = visit;
  // Beats come by themselves, too.
  const came = hooks.all(204);
  await press(page, 'Test dead-man');
  await page.getByText('The beat was heard: it answered 204.').waitFor();
  assert.deepEqual(new Set(came), new Set(['alive\n']));
  hooks.all(410);
  await page.keyboard.press('j');
  await page.keyboard.press('.');
  await page.getByText('The beat was not heard: it answered 410.').waitFor();
  assert.doesNotMatch(await page.content(), /very-secret/);
  await visit.look('channel-beat');
  await visit.end();
  await gateway.system('DELETE', '/system/alerts/channels/dead-man');
});

test('each kind of channel can be added, with all that it takes', { skip: noBrowser }, async () => {
  const visit = await Visit.begin(browser, gateway, '/alerts/channels');
  const { page } = visit;
  const mail = { host: 'mail.example.com', user: 'me', from: 'wherry@example.com' };
  const filled: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    [
      'email',
      {
        Server: mail.host,
        User: mail.user,
        Password: 'hush',
        From: mail.from,
        To: 'a@example.com, b@example.com',
      },
      { mail: { ...mail, port: 587, security: 'starttls', to: ['a@example.com', 'b@example.com'] } },
    ],
    ['slack', { Address: 'https://hooks.example.com/x' }, { origin: 'https://hooks.example.com' }],
    ['function', { Function: 'shop' }, { function: 'shop.openfaas-fn' }],
    [
      'sms',
      { Address: 'https://sms.example.com/x', 'What is sent': '{"To":"1","Body":"{{ text }}"}' },
      { origin: 'https://sms.example.com', form: { as: 'form', body: { To: '1', Body: '{{ text }}' } } },
    ],
    ['heartbeat', { Address: 'https://beat.example.com/x' }, { origin: 'https://beat.example.com' }],
  ];
  for (const [kind, fields] of filled) {
    await press(page, 'Add a channel');
    const dialog = page.getByRole('dialog', { name: 'Add a channel' });
    await dialog.getByLabel('Name').fill(`by-${kind}`);
    await dialog.getByLabel('Kind').selectOption(kind);
    for (const [label, value] of Object.entries(fields)) {
      // Hints are part of what a field is called.
      const field = dialog.locator('label').filter({ hasText: new RegExp(`^${label}`) });
      await field.locator('input, textarea').fill(value);
    }
    await press(page, 'Add', dialog);
    await dialog.waitFor({ state: 'detached' });
  }
  const kept = await get<readonly ChannelInfo[]>('/channels');
  for (const [kind, , is] of filled) {
    const found = kept.find(({ name }) => name === `by-${kind}`);
    assert.deepEqual(found, {
      name: `by-${kind}`,
      kind,
      matchers: [],
      resolved: true,
      readable: true,
      delivery: { waiting: 0, dead: 0 },
      ...is,
    });
    await gateway.system('DELETE', `/system/alerts/channels/by-${kind}`);
  }
  await page.getByRole('heading', { name: 'Nobody is told of alerts' }).waitFor();
  await visit.end();
});

test('a channel whose key is lost says so, and what to do', { skip: noBrowser }, async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const before = await Gateway.start(t, { home });
  const channel = { kind: 'slack', url: 'https://hooks.example.com/x' };
  await before.system('PUT', '/system/alerts/channels/ops', channel);
  await before.stop();
  rmSync(join(home, 'secrets.key'));
  const visit = await Visit.begin(browser, await Gateway.start(t, { home }), '/alerts/channels');
  await visit.page.getByText('its key is lost: nothing arrives').waitFor();
  await press(visit.page, 'Change ops');
  const dialog = visit.page.getByRole('dialog', { name: 'Change ops' });
  await dialog.getByLabel('Address').fill(channel.url);
  await press(visit.page, 'Change', dialog);
  await visit.page.getByText('its key is lost').waitFor({ state: 'detached' });
  await visit.end();
});

test('a rule is tried, made, switched off, changed and removed; one that came along is as it came', {
  skip: noBrowser,
}, async () => {
  const visit = await Visit.begin(browser, gateway, '/alerts/rules');
  const { page } = visit;
  const rule = async (name: string): Promise<AlertRuleInfo | undefined> =>
    (await get<readonly AlertRuleInfo[]>('/rules')).find((one) => one.name === name);
  await page.getByText('Share of failed calls of a function above 5 % for 2 minutes').waitFor();
  await press(page, 'Add a rule');
  const dialog = page.getByRole('dialog', { name: 'Add a rule' });
  await dialog.getByRole('textbox', { name: /^Name/ }).fill('idle');
  await dialog.getByRole('textbox', { name: 'Query' }).fill('vector(3) > bool(');
  await dialog.getByLabel('Threshold').fill('200 %');
  await press(page, 'Add', dialog);
  await dialog
    .getByRole('alert')
    .getByText(/^the query: 1:18/)
    .waitFor();
  await dialog.getByRole('textbox', { name: 'Query' }).fill('vector(3)');
  await dialog.getByLabel('Held for').fill('1h');
  await dialog.getByText('Words and labels').click();
  await dialog.getByLabel('What people read').fill(`${evil} {{ value }}`);
  await press(page, 'See what it gives now', dialog);
  await dialog.getByText('Its condition holds for 1 of 1 now.').waitFor();
  await press(page, 'Add', dialog);
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'vector(3) above 2 for 1 hour' }).waitFor();
  const made = await rule('idle');
  assert.deepEqual([made?.threshold, made?.for, made?.is], [2, '1h', '>']);

  await page.getByRole('switch', { name: 'Look at idle' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('switch', { name: 'Look at idle', checked: false }).waitFor();
  const off = await rule('idle');
  assert.deepEqual([off?.enabled, off?.query, off?.summary], [false, 'vector(3)', made?.summary]);
  await page.getByRole('button', { name: 'vector(3) above 2 for 1 hour' }).click();
  const panel = page.getByRole('complementary', { name: 'vector(3) above 2 for 1 hour' });
  await press(page, 'Try it now', panel);
  await panel.getByText('Its condition holds for 1 of 1 now.').waitFor();
  assert.equal(await page.evaluate('globalThis.pwned'), undefined);
  await press(page, 'Remove', panel);
  const removal = page.getByRole('dialog', { name: 'Remove idle?' });
  // While it works, its keys are not those of the page behind it.
  let goOn = (): void => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  await page.route('**/system/alerts/rules', async (route) => held.then(() => route.continue()));
  await press(page, 'Remove idle', removal);
  await panel.waitFor({ state: 'detached' });
  assert.equal(await rule('idle'), undefined);
  await page.keyboard.press('n');
  assert.deepEqual([await removal.count(), await dialog.count()], [1, 0]);
  goOn();
  await removal.waitFor({ state: 'detached' });
  await page.unroute('**/system/alerts/rules');

  await page.keyboard.press('n');
  await dialog.getByRole('textbox', { name: /^Name/ }).fill('timeouts');
  await dialog.getByLabel('lines of logs').check();
  await dialog.getByLabel('Pattern').fill('time.?out');
  await dialog.getByLabel('Of functions').fill('openfaas-fn/sh*');
  await dialog.getByLabel('Level').selectOption('warn');
  await dialog.getByLabel('How many').fill('20');
  await dialog.getByLabel('Within').fill('10m');
  await dialog.getByLabel('Severity').selectOption('critical');
  await press(page, 'Add', dialog);
  await dialog.waitFor({ state: 'detached' });
  await page
    .getByRole('button', {
      name: /^Matches of time\.\?out in the log of a function of openfaas-fn\/sh\* within 10m/,
    })
    .waitFor();
  const logs = {
    functions: 'openfaas-fn/sh*',
    pattern: 'time.?out',
    level: 'warn',
    count: 20,
    within: '10m',
  };
  assert.deepEqual((await rule('timeouts'))?.logs, logs);
  await gateway.system('DELETE', '/system/alerts/rules/timeouts');

  await press(page, 'Change p95');
  const preset = page.getByRole('dialog', { name: 'Change p95' });
  await preset.getByLabel('Threshold').fill('5');
  await preset.getByLabel('Over at').fill('');
  await press(page, 'Change', preset);
  await page.getByRole('button', { name: 'P95 of a function above 5 s for 5 minutes' }).waitFor();
  await visit.go('/alerts/rules?rule=p95');
  await press(page, 'As it came', page.getByRole('complementary'));
  await press(page, 'As it came', page.getByRole('dialog', { name: 'p95 as it came?' }));
  await page.getByRole('button', { name: 'P95 of a function above 2 s for 5 minutes' }).waitFor();
  visit.alarms.splice(
    0,
    visit.alarms.length,
    ...visit.alarms.filter((alarm) => !/status of 400/.test(alarm)),
  );
  await visit.end();
});

test('a silence is asked for by conditions, and ended', { skip: noBrowser }, async () => {
  const visit = await Visit.begin(browser, gateway, '/alerts/silences');
  const { page } = visit;
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Silence something' });
  await dialog.getByLabel('Other').check();
  await dialog.getByLabel('How long').fill('90m');
  await dialog.getByLabel('Why').fill(evil);
  await dialog.getByLabel('Which alerts').fill('severity="warning"\nfunction_name=~"shop.*"');
  await press(page, 'Silence', dialog);
  await dialog.waitFor({ state: 'detached' });
  const list = page.getByRole('list', { name: 'Silences' });
  await list.getByText('severity="warning" function_name=~"shop.*"', { exact: true }).waitFor();
  await list.getByText(`: ${evil}`).waitFor();
  await list.getByText(/Ends in 1 h|Ends in 90 m|Ends in 89 m/).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Delete');
  await press(page, 'End it');
  await page.getByRole('heading', { name: 'Nothing is silenced' }).waitFor();
  assert.deepEqual(await get('/silences'), []);
  assert.equal((await get<AlertList>('')).working, true);
  await visit.end();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`its dialogs are accessible and looked at, ${colorScheme}`, { skip: noBrowser }, async () => {
    const level = `label_replace(vector(${colorScheme === 'light' ? 7 : 8}), "function_name", "shop.openfaas-fn", "", "")`;
    await put('rules/level', {
      ...{ query: level, threshold: 5, severity: 'critical', subject: 'level of {{ function }}' },
      ...{ summary: '{{ function }} is full: {{ value }}', action: 'wherry describe {{ function_name }}' },
    });
    await put('channels/ops', { kind: 'slack', url: 'https://hooks.example.com/very-secret' });
    for (const width of [1440, 390]) {
      const viewport = { width, height: 1000 };
      const visit = await Visit.begin(browser, gateway, '/alerts', {
        colorScheme,
        viewport,
        bypassCSP: true,
      });
      const { page } = visit;
      const looked = (name: string): Promise<void> => visit.look(`alerts-${name}-${colorScheme}-${width}`);
      const card = page.getByRole('article').filter({ hasText: 'shop is full' });
      await card.locator('canvas').waitFor({ state: 'attached' });
      await page.keyboard.press('j');
      await page.keyboard.press('\\');
      await looked('card');
      await page.keyboard.press('\\');
      await page.getByRole('button', { name: 'Silence level' }).click();
      await page.getByLabel('Other').check();
      await looked('silencing');
      await visit.go('/alerts/rules?rule=level');
      await page.getByRole('complementary').locator('canvas').waitFor({ state: 'attached' });
      await page.getByRole('button', { name: 'Try it now' }).click();
      await page.getByText('Its condition holds for 1 of 1 now.').waitFor();
      await looked('rule');
      await page.getByRole('complementary').getByRole('button', { name: 'Change' }).click();
      await looked('changing');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: 'Change p95' }).click();
      await looked('preset');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Add a rule' }).click();
      await page.getByLabel('lines of logs').check();
      await looked('adding');
      await visit.go('/alerts/channels');
      await page.getByRole('button', { name: 'Add a channel' }).click();
      for (const kind of ['email', 'slack', 'webhook', 'sms', 'function', 'heartbeat']) {
        await page.getByLabel('Kind').selectOption(kind);
        await looked(`channel-${kind}`);
      }
      await visit.end();
    }
    await gateway.system('DELETE', '/system/alerts/rules/level');
    await gateway.system('DELETE', '/system/alerts/channels/ops');
  });
}

test('what fires is on the overview, also where nothing is deployed yet', { skip: noBrowser }, async (t) => {
  const bare = await Gateway.start(t, { args });
  const visit = await Visit.begin(browser, bare, '/overview');
  const main = visit.page.getByRole('main');
  await main.getByText('Nothing is deployed yet').waitFor();
  assert.equal(await main.getByText('Needs attention').count(), 0);
  const rule = await bare.system('PUT', '/system/alerts/rules/machine', { query: 'vector(1)' });
  assert.equal(rule.status, 200);
  await main.getByRole('heading', { name: 'Needs attention' }).waitFor();
  await main.locator('a[href="/alerts"]').waitFor();
  await main.getByText('Nothing is deployed yet').waitFor();
  await visit.end();
});
