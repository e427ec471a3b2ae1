import type { FunctionRecord } from '@wherry/core/function';
import type { Store } from '@wherry/storage/sqlite/open-store';
import type { Gateway } from '../e2e/gateway.ts';
import { filesOf } from './handlers.ts';
import { type DemoFunction, shop } from './shop.ts';
import { day, type Month } from './weather.ts';

const schedules: Readonly<Record<string, string>> = {
  'currency-rates': '*/15 * * * *',
  'nightly-report': '0 2 * * *',
};

/** Deploys the shop as anybody would, one version after the other. */
export async function deployShop(gateway: Gateway): Promise<void> {
  for (const name of ['payment-key', 'smtp-password', 'rates-token'])
    await gateway.system('POST', '/system/secrets', { name, value: 'made-up' });
  for (const [name, scopes] of [
    ['ci', ['deploy', 'read']],
    ['grafana', ['read']],
  ] as const)
    await gateway.system('POST', '/system/tokens', { name, scopes, functions: '*' });
  await Promise.all(shop.map((of) => deployAll(gateway, of)));
  await watch(gateway);
}

/** What the shop's people want to be told of. */
async function watch(gateway: Gateway): Promise<void> {
  const receiver = { kind: 'function', function: 'payment-webhook' };
  await gateway.system('PUT', '/system/alerts/channels/on-call', receiver);
  await gateway.system('PUT', '/system/alerts/rules/checkout-slow', {
    query:
      'histogram_quantile(0.95, sum by (function_name, le) (rate(wherry_function_seconds_bucket{function_name="checkout.openfaas-fn"}[15m])))',
    ...{ is: '>', threshold: 0.1, clear: 0.08, for: '0s', severity: 'major', unit: 'seconds' },
    subject: 'p95 of {{ function }}',
    summary: 'Customers wait at the checkout: one in twenty longer than {{ value }}',
    action: 'Look at its latest version first; fraud-check is what it waits for.',
  });
  await gateway.system('PUT', '/system/alerts/rules/cut-off-input', {
    logs: { functions: '*', pattern: 'unexpected end of input', count: 5, within: '10m' },
    summary: 'Somebody sends less than they promise',
    action: 'Look at the calls that failed: they say who called.',
  });
  for (const [name, every, at] of [
    ['every-morning', 'day', '07:00'],
    ['monday', 'week', '08:00'],
  ] as const)
    await gateway.system('POST', '/system/report-subscriptions', {
      ...{ name, every, at, zone: 'Europe/Berlin', channels: ['on-call'] },
    });
  for (const every of ['day', 'week', 'month']) await gateway.system('POST', '/system/reports', { every });
}

async function deployAll(gateway: Gateway, of: DemoFunction): Promise<void> {
  const schedule = schedules[of.name];
  for (const [index, { goneBackAfterMinutes }] of of.versions.entries()) {
    await gateway.deploy({
      name: of.name,
      files: filesOf(of, index + 1),
      spec: {
        labels: { ...of.labels, ...(of.least > 0 ? { 'com.openfaas.scale.min': String(of.least) } : {}) },
        ...(schedule === undefined ? {} : { annotations: { 'com.wherry.schedule': schedule } }),
        ...(of.name === 'checkout' ? { secrets: ['payment-key'] } : {}),
        ...(of.name === 'send-receipt' ? { secrets: ['smtp-password'] } : {}),
      },
    });
    if (goneBackAfterMinutes !== undefined)
      await gateway.system('POST', `/system/function/${of.name}/rollback`, {});
  }
}

/** Says of every version that it was deployed when the month says so. */
export async function backdate({ desiredState }: Store, { to }: Month): Promise<void> {
  for (const record of await desiredState.list()) {
    const versions = shop.find(({ name }) => name === record.name)?.versions ?? [];
    const when = (version: number): number => to - (versions[version - 1]?.daysAgo ?? 0) * day;
    const dated = <T extends FunctionRecord['active']>(one: T): T => ({
      ...one,
      createdAt: when(one.version),
    });
    await desiredState.put({
      ...record,
      revision: record.revision + 1,
      createdAt: when(1),
      active: dated(record.active),
      ...(record.kept === undefined ? {} : { kept: record.kept.map(dated) }),
    });
  }
}

/** What the audit log of the month would say. */
export async function auditMonth({ audit }: Store, { to }: Month): Promise<void> {
  const entries = shop.flatMap(({ name, versions }) =>
    versions.flatMap(({ daysAgo, goneBackAfterMinutes }, index) => {
      const at = Math.round(to - daysAgo * day);
      const deployed = entry(at, 'ci', index === 0 ? 'deployFunction' : 'updateFunction', name, 202, {
        version: index === 0 ? '1' : `${index} → ${index + 1}`,
      });
      if (goneBackAfterMinutes === undefined) return [deployed];
      const live = { live: `${index + 1} → ${index}` };
      return [deployed, entry(at + goneBackAfterMinutes * 60_000, 'admin', 'rollback', name, 200, live)];
    }),
  );
  entries.push(
    entry(Math.round(to - 11.4 * day), '', 'listSecrets', '', 401),
    entry(Math.round(to - 3.1 * day), 'grafana', 'deleteFunction', 'search', 403),
  );
  entries.sort((a, b) => a.at - b.at);
  await audit.append(entries.map((one) => ({ entry: one })));
}

function entry(
  at: number,
  who: string,
  what: string,
  name: string,
  status: number,
  change?: Record<string, string>,
) {
  const method = what === 'listSecrets' ? 'GET' : what === 'deleteFunction' ? 'DELETE' : 'POST';
  const error = { 401: 'unauthenticated', 403: 'forbidden' }[status];
  return {
    ...{ at, who, from: who === 'ci' ? '10.4.0.17' : '127.0.0.1', what, method, status },
    ...{ namespace: 'openfaas-fn', name, call: `${at.toString(16).padStart(12, '0')}` },
    ...(change === undefined ? {} : { change }),
    ...(error === undefined ? {} : { error }),
  };
}
