// A gateway with something of everything on it, and a browser to look at it with.
import type { AlertList } from '@wherry/wire/alert-lists';
import type { Browser } from 'playwright-core';
import { nextRound } from './alert-rounds.ts';
import { noBrowser, openBrowser } from './browser.ts';
import { buildDashboard } from './dashboard-page.ts';
import { Gateway } from './gateway.ts';

/** What a hostile name, label, line or body tries. */
export const evil = `<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>`;

export const talker = `module.exports = async (event, context) => {
  console.log(${JSON.stringify(`one ${evil}`)});
  console.error('ERROR two');
  console.log('WARN three');
  return context.succeed('hello');
}`;
const crasher = `module.exports = async () => { console.log(${JSON.stringify(`last words ${evil}`)}); process.exit(3); }`;

export interface DashboardRig {
  readonly gateway: Gateway;
  /** Only where there is one; tests are skipped elsewhere. */
  readonly browser: Browser;
  /** The id of a report that was made. */
  readonly report: string;
}

/** Nobody is told of its alerts while it is looked at, for what is told is a call of a function. Functions `talker`, `nightly` and `crasher`, with calls, a schedule, a secret, ends, two dead letters, and alerts about them. */
export async function openDashboardRig(t: { after(fn: () => Promise<void>): void }): Promise<DashboardRig> {
  buildDashboard();
  const gateway = await Gateway.start(t, { args: ['--alerts-every', '1s', '--alerts-wait', '1h'] });
  if (noBrowser !== false) return { gateway, browser: undefined as never, report: '' };
  const browser = await openBrowser(t);
  await gateway.system('POST', '/system/secrets', { name: 'api-key', value: 'hush' });
  const deploy = (name: string, code: string, spec: Readonly<Record<string, unknown>>): Promise<unknown> =>
    gateway.deploy({ name, files: { 'handler.js': code }, spec });
  await deploy('talker', talker, { labels: { team: evil }, secrets: ['api-key'] });
  await deploy('nightly', talker, { annotations: { 'com.wherry.schedule': '0 8 * * *' } });
  await deploy('crasher', crasher, { annotations: { 'com.openfaas.retry.attempts': '1' } });
  await watch(gateway);
  for (let i = 0; i < 5; i += 1) await gateway.said('talker', 'x');
  await gateway.call('crasher');
  const later = { method: 'POST', body: evil, headers: gateway.admin };
  for (let i = 0; i < 2; i += 1) await fetch(`${gateway.url}/async-function/crasher`, later);
  await until(async () => {
    const answer = await gateway.system('GET', '/system/queue');
    return ((await answer.json()) as readonly { dead: number }[]).some(({ dead }) => dead === 2);
  });
  await until(async () => {
    const { alerts } = (await (await gateway.system('GET', '/system/alerts')).json()) as AlertList;
    return ['evil', 'dead-letters'].every((rule) => alerts.some((one) => one.rule === rule));
  });
  return { gateway, browser, report: await reported(gateway) };
}

/** A channel, schedules of reports, a report of today and an address of a table. */
async function reported(gateway: Gateway): Promise<string> {
  const ask = async (method: string, path: string, body: object): Promise<{ readonly id: string }> => {
    const answer = await gateway.system(method, path, body);
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { readonly id: string };
  };
  const mail = { host: 'mail.example.com', from: 'wherry@example.com', to: ['ops@example.com'] };
  await ask('PUT', '/system/alerts/channels/ops-mail', { kind: 'email', mail });
  const schedule = { zone: 'Europe/Berlin', channels: ['function:talker'] };
  await ask('POST', '/system/report-subscriptions', { ...schedule, name: 'every-morning', every: 'day' });
  await ask('POST', '/system/report-subscriptions', { ...schedule, name: 'accounts', every: 'month' });
  await gateway.system('POST', '/system/report-subscriptions/accounts/pause');
  const link = { name: 'finance', expiresInSeconds: 86_400 };
  await ask('POST', '/system/export/usage/link?every=day&since=30d&format=csv', link);
  const today = { of: new Date().toISOString(), channels: ['function:talker'] };
  return (await ask('POST', '/system/reports', today)).id;
}

/** A rule over hostile lines, with hostile words; a silence and a channel of the same kind. */
async function watch(gateway: Gateway): Promise<void> {
  const words = { subject: evil, summary: `${evil} {{ line }}`, action: evil, labels: { team: evil } };
  for (const [method, path, body] of [
    ['PUT', 'rules/evil', { logs: { pattern: 'onerror', within: '1h' }, severity: 'major', ...words }],
    [
      'PUT',
      'rules/calls',
      { query: 'sum by (function_name) (gateway_function_invocation_total)', threshold: 3 },
    ],
    ['PUT', 'channels/pager', { kind: 'function', function: 'talker', matchers: [`team=${evil}`] }],
    ['POST', 'silences', { matchers: [`team="${evil.replaceAll('"', '\\"')}x"`], for: '1h', why: evil }],
  ] as const) {
    const answer = await gateway.system(method, `/system/alerts/${path}`, body);
    if (!answer.ok) throw new Error(await answer.text());
  }
  // A new rule counts lines from its first look on.
  await nextRound(gateway);
}

export async function until(there: () => Promise<boolean>): Promise<void> {
  while (!(await there())) await new Promise((resolve) => setImmediate(resolve));
}
