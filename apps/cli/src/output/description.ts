import { usualProportion } from '@wherry/core/rules/scaling';
import { routeText } from '@wherry/core/rules/routes';
import type { ScalingDecision } from '@wherry/wire/scaling';
import type { ExitState, FunctionState, InstanceState } from '@wherry/wire/function-state';
import type { FunctionStatus } from '@wherry/wire/function-status';
import type { Description } from '../commands/describe.ts';
import { paintStatus, statusOf } from '../commands/status-words.ts';
import { escapeLine } from './escape.ts';
import { ago, bytes, milliseconds } from './quantities.ts';
import type { Style } from './style.ts';
import { pairs, table } from './table.ts';
import { canaryText, failedDeployText } from './version-table.ts';

type Pair = readonly [string, string];

/** One function in full, for people: how it is first, what it was told last. */
export function describeText(
  { url, function: fn, state, scaling }: Description,
  style: Style,
  now: number,
): string {
  const status = statusOf(fn);
  const head: Pair[] = [
    ['Name', `${fn.name}.${fn.namespace ?? ''}`.replace(/\.$/, '')],
    [
      'Status',
      `${paintStatus(status, status, style)}${state?.reason === undefined ? '' : `: ${escapeLine(state.reason)}`}`,
    ],
    ['URL', url],
    ['Image', escapeLine(fn.image)],
    ['Version', state === undefined ? '' : `${state.version}, deployed ${ago(state.deployedAt, now)}`],
    ['Canary', state?.canary === undefined ? '' : canaryText(state.canary)],
    ['Last deploy', state === undefined ? '' : (failedDeployText(state, now) ?? '')],
    ['Created', `${fn.createdAt} (${ago(fn.createdAt, now)})`],
    ['Calls', fn.invocationCount === undefined ? '' : String(fn.invocationCount)],
    [
      'Instances',
      `${fn.availableReplicas ?? 0} ready of ${fn.replicas ?? 0}${state?.scale === undefined ? '' : `, ${state.scale} asked for`}`,
    ],
  ];
  const parts = [pairs(head.filter(([, text]) => text !== ''))];
  if (state !== undefined && state.instances.length > 0)
    parts.push(`Instances:\n${indented(instances(state.instances, now))}`);
  if (scaling !== undefined && scaling.length > 0)
    parts.push(`Scaling (all of it: wherry scaling ${fn.name}):\n${decisions(scaling, now)}`);
  if (state !== undefined && state.exits.length > 0)
    parts.push(`Last exits:\n${exits(state.exits.slice(0, 3), style, now)}`);
  if (state !== undefined) parts.push(`Policy:\n${pairs(policy(state), '  ')}`);
  if (state !== undefined) parts.push(...network(state, now));
  parts.push(...spec(fn));
  if (state !== undefined && state.withoutEffect.length > 0)
    parts.push(
      `Without effect here:\n${pairs(
        state.withoutEffect.map(({ key, why }): Pair => [escapeLine(key), why]),
        '  ',
      )}`,
    );
  return parts.join('\n\n');
}

function instances(list: readonly InstanceState[], now: number): string {
  return table<InstanceState>(
    [
      { head: 'ID', cell: ({ id }) => id },
      { head: 'STATE', cell: ({ state }) => state },
      { head: 'VERSION', cell: ({ version }) => String(version), right: true },
      { head: 'STARTED', cell: ({ startedAt, origin }) => `${ago(startedAt, now)} (${origin})` },
      { head: 'CALLS NOW', cell: ({ inFlight }) => String(inFlight), right: true },
      {
        head: 'MEMORY',
        cell: ({ memoryBytes }) => (memoryBytes === undefined ? '-' : bytes(memoryBytes)),
        right: true,
      },
      { head: 'CPU', cell: ({ cpuMs }) => (cpuMs === undefined ? '-' : milliseconds(cpuMs)), right: true },
    ],
    list,
    Number.POSITIVE_INFINITY,
  );
}

function decisions(list: readonly ScalingDecision[], now: number): string {
  return pairs(
    list.map(({ at, kind, from, wanted, actual, reason }): Pair => {
      const short = actual === wanted ? '' : ` of ${wanted} wanted`;
      return [ago(at, now), `${kind} ${from} → ${actual}${short}: ${escapeLine(reason)}`];
    }),
    '  ',
  );
}

function exits(list: readonly ExitState[], style: Style, now: number): string {
  return list
    .map((exit) => {
      const peak = exit.peakMemoryBytes === undefined ? '' : `, at most ${bytes(exit.peakMemoryBytes)}`;
      const words = exit.lastWords.slice(-5).map((line) => `    ${style.dim('│')} ${escapeLine(line)}`);
      return [
        `  ${ago(exit.at, now)}  ${escapeLine(exit.reason)} (${escapeLine(exit.instance)}, version ${exit.version}${peak})`,
        ...words,
      ].join('\n');
    })
    .join('\n');
}

function policy({ policy }: FunctionState): Pair[] {
  return [
    ['deadline', milliseconds(policy.deadlineMs)],
    ['memory', bytes(policy.memoryBytes)],
    ['processors', policy.cpus === undefined ? 'no limit' : String(policy.cpus)],
    ['processes', String(policy.processes)],
    ['scratch', bytes(policy.scratchBytes)],
    [
      'calls at once',
      policy.concurrency === undefined ? 'as the handler allows' : String(policy.concurrency),
    ],
    ['instances', `${policy.least} to ${policy.max}${policy.min === 0 ? ', or none while it sleeps' : ''}`],
    ['scaled by', scaledBy(policy)],
    ['sleeps after', policy.min > 0 ? 'never' : milliseconds(policy.idleMs)],
    ['network', policy.network],
    ['visibility', policy.visibility],
    ['keeps bodies of', policy.capture === 'all' ? 'all calls' : policy.capture],
    ...(policy.routes.length === 0 ? [] : [['addresses', policy.routes.map(routeText).join(', ')] as const]),
  ];
}

function scaledBy({ least, max, scaling }: FunctionState['policy']): string {
  if (least === max) return 'nothing: the least is the most';
  const { type, target, proportion = usualProportion, downWindowMs } = scaling;
  const aim = target === undefined ? 'what an instance takes' : String(target);
  return `${type}, ${proportion} of ${aim} per instance; down after ${milliseconds(downWindowMs)}`;
}

/** Said where something happened: most functions never ask for a connection. */
function network({ network: seen }: FunctionState, now: number): string[] {
  const { connected, refused, failed, refusals } = seen;
  if (connected + refused + failed === 0) return [];
  const counts = pairs([['connections', `${connected} made, ${refused} refused, ${failed} failed`]], '  ');
  const lines = refusals.map(
    ({ target, times, at, why, line }) =>
      `  refused     ${escapeLine(target)}  ${times === 1 ? 'once' : `${times} times`}, last ${ago(at, now)}\n` +
      `              ${line === undefined ? escapeLine(why) : `to allow it: ${escapeLine(line)}`}`,
  );
  return [['Network:', counts, ...lines].join('\n')];
}

function spec(fn: FunctionStatus): string[] {
  const map = (title: string, entries: readonly Pair[]) =>
    entries.length === 0
      ? []
      : [
          `${title}:\n${pairs(
            entries.map(([key, text]): Pair => [escapeLine(key), escapeLine(text)]),
            '  ',
          )}`,
        ];
  const { labels, annotations, envVars, secrets, limits, requests, envProcess } = fn;
  const own = Object.entries(labels ?? {}).filter(([key]) => key !== 'faas_function');
  return [
    ...map('Environment', Object.entries(envVars ?? {})),
    ...map('Labels', own),
    ...map('Annotations', Object.entries(annotations ?? {})),
    ...map('Limits', Object.entries(limits ?? {}) as Pair[]),
    ...map('Requests', Object.entries(requests ?? {}) as Pair[]),
    ...map('Process', envProcess === undefined ? [] : [['command', envProcess]]),
    ...map(
      'Secrets',
      (secrets ?? []).map((name): Pair => [name, '']),
    ),
  ];
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
