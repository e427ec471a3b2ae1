import type { TokenRecord } from '@wherry/core/access';
import type { Instance, Usage } from '@wherry/core/instance';
import { functionWords, instanceWords } from '@wherry/core/rules/row-search';
import type { SecretInfo } from '@wherry/core/secret';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import type { ScheduleView } from '@wherry/engine/schedules/schedule-book';
import type { UsageRow } from '@wherry/engine/usage/usage-book';
import { statusOf } from '../routes/function-status.ts';
import { flag, number, text, time } from './columns.ts';
import type { Source } from './source.ts';
import { onlyForAdmins } from './viewer.ts';

export const functionsTable: Source<ActiveFunction> = {
  columns: [
    text('namespace', ({ namespace }) => namespace),
    text('name', ({ name }) => name),
    text('status', ({ fleet }) => statusOf(fleet)),
    number('version', ({ record }) => record.active.version),
    text('image', ({ record }) => record.active.spec.image),
    number('replicas', ({ replicas }) => replicas),
    number('availableReplicas', ({ availableReplicas }) => availableReplicas),
    number('invocationCount', ({ counts }) => counts.invocations),
    number('memoryLimitBytes', ({ fleet }) => fleet.policy.memoryBytes),
    number('deadlineMs', ({ fleet }) => fleet.policy.deadlineMs),
    text('visibility', ({ fleet }) => fleet.policy.visibility),
    time('createdAt', ({ record }) => record.createdAt),
    time('deployedAt', ({ record }) => record.active.createdAt),
  ],
  words: ({ name, namespace, fleet, record }) =>
    functionWords({ name, namespace, status: statusOf(fleet), labels: record.active.spec.labels }),
  async *pages({ platform, filters: { namespace }, viewer }) {
    yield platform.functions
      .list()
      .filter((fn) => viewer.may(fn) && (namespace === undefined || fn.namespace === namespace));
  },
};

export const instancesTable: Source<{
  readonly instance: Instance;
  readonly draining: boolean;
  readonly inFlight: number;
  readonly usage: Usage | undefined;
}> = {
  columns: [
    text('id', ({ instance }) => instance.id),
    text('namespace', ({ instance }) => instance.deployment.namespace),
    text('name', ({ instance }) => instance.deployment.name),
    number('version', ({ instance }) => instance.deployment.version),
    text('state', ({ draining }) => (draining ? 'draining' : 'ready')),
    time('startedAt', ({ instance }) => instance.startedAt),
    text('origin', ({ instance }) => instance.origin),
    number('inFlight', ({ inFlight }) => inFlight),
    number('memoryBytes', ({ usage }) => usage?.memoryBytes),
    number('cpuMs', ({ usage }) => usage?.cpuMs),
    number('processes', ({ usage }) => usage?.processes),
  ],
  words: ({ instance }) => instanceWords(instance.deployment),
  async *pages({ platform, filters, viewer }) {
    const { namespace, function: of } = filters;
    const members = platform.functions
      .list()
      .filter((fn) => viewer.may(fn) && (namespace === undefined || fn.namespace === namespace))
      .filter((fn) => of === undefined || (fn.name === of.name && fn.namespace === of.namespace))
      .flatMap((fn) => fn.members);
    const usages = await platform.parts.provider.usage(members.map(({ id }) => id));
    const byId = new Map(usages.map((usage) => [usage.instance, usage]));
    yield members.map(({ instance, draining, inFlight }) => {
      return { instance, draining, inFlight, usage: byId.get(instance.id) };
    });
  },
};

export const schedulesTable: Source<{
  readonly view: ScheduleView;
  readonly rule: ScheduleView['schedule']['rules'][number];
  readonly next: number | undefined;
}> = {
  columns: [
    text('namespace', ({ view }) => view.namespace),
    text('name', ({ view }) => view.name),
    text('expression', ({ rule }) => rule.expression),
    text('zone', ({ rule }) => rule.zone),
    text('missed', ({ view }) => view.schedule.missed),
    flag('paused', ({ view }) => view.paused),
    time('nextAt', ({ view, next }) => (view.paused ? undefined : next)),
    time('lastSlot', ({ view }) => view.last?.slot),
    text('lastCall', ({ view }) => view.last?.call),
  ],
  async *pages({ platform, filters: { namespace }, viewer }) {
    yield platform.schedules
      .list()
      .filter((one) => viewer.may(one) && (namespace === undefined || one.namespace === namespace))
      .flatMap((view) => view.schedule.rules.map((rule, at) => ({ view, rule, next: view.next[at]?.[0] })));
  },
};

/** Names and times; values go in and never come out. */
export const secretsTable: Source<SecretInfo> = {
  columns: [
    text('namespace', ({ namespace }) => namespace),
    text('name', ({ name }) => name),
    time('createdAt', ({ createdAt }) => createdAt),
    time('updatedAt', ({ updatedAt }) => updatedAt),
    flag('readable', ({ readable }) => readable),
  ],
  async *pages({ platform, filters, viewer }) {
    const namespaces = filters.namespace === undefined ? platform.namespaces.list() : [filters.namespace];
    for (const namespace of namespaces) yield (await platform.secrets.list(namespace)).filter(viewer.may);
  },
};

/** Neither tokens nor their hashes. */
export const tokensTable: Source<TokenRecord> = {
  columns: [
    text('name', ({ name }) => name),
    text('scopes', ({ scopes }) => scopes.join(' ')),
    text('functions', ({ functions }) => functions),
    time('createdAt', ({ createdAt }) => createdAt),
    time('expiresAt', ({ expiresAt }) => expiresAt),
    time('lastUsedAt', ({ lastUsedAt }) => lastUsedAt),
  ],
  async *pages({ platform, viewer }) {
    onlyForAdmins(viewer, 'tokens');
    yield platform.tokens.list();
  },
};

const dayMs = 86_400_000;

export const usageTable: Source<UsageRow> = {
  columns: [
    time('from', ({ from }) => from),
    time('to', ({ to }) => to),
    text('namespace', ({ namespace }) => namespace),
    text('name', ({ name }) => (name === '' ? undefined : name)),
    number('calls', ({ calls }) => calls),
    number('errors', ({ errors }) => errors),
    number('cold', ({ cold }) => cold),
    number('wakeSeconds', ({ wakeSeconds }) => tidy(wakeSeconds)),
    number('gbSeconds', ({ gbSeconds }) => tidy(gbSeconds)),
    number('cpuSeconds', ({ cpuSeconds }) => tidy(cpuSeconds)),
  ],
  async *pages({ platform, filters, viewer, now }) {
    const { since = now - 30 * dayMs, until = now, by = 'function', every, zone = 'UTC' } = filters;
    const step = stepOf(until - since);
    const from = Math.floor(since / step) * step;
    // What is not over ends with what there is.
    const to = filters.until === undefined ? now : Math.floor(until / step) * step;
    const wish = { from, to, by, zone, may: viewer.may };
    const rows = platform.usage.rows({
      ...wish,
      ...(every === undefined ? {} : { every }),
      ...(filters.function === undefined ? {} : { function: filters.function }),
    });
    for await (const page of rows)
      yield page.filter(({ namespace }) => namespace === (filters.namespace ?? namespace));
  },
};

/** The full minute or hour, where the time is so long that only those are kept, or asked for in reason. */
function stepOf(ms: number): number {
  return ms > 2 * dayMs ? 3_600_000 : ms > 3_600_000 ? 60_000 : 1;
}

/** To a millionth: what is beyond are errors of addition. */
function tidy(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
