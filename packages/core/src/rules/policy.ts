// Long because: every number that a specification means is read in one place, in the order of its type.
import { WherryError } from '../errors.ts';
import type { FunctionSpec } from '../function.ts';
import { printable } from '../names.ts';
import type { Schedule } from '../schedule.ts';
import type { WebhookRule } from '../webhook.ts';
import { type OwnAlerts, ownAlerts } from './alert-annotation.ts';
import { answerHeaders } from './answer-headers.ts';
import { type Cors, corsOrigins, type Rate, rate } from './access-rules.ts';
import { type Capturing, capturing } from './capturing.ts';
import { type Debugging, debugging } from './debugging.ts';
import { type NetworkGrant, networkGrant } from './network-grant.ts';
import { Networks } from './networks.ts';
import { type Retries, retriesOf } from './retries.ts';
import { type OwnRoute, ownRoutes } from './routes.ts';
import { type Scaling, scaling } from './scaling.ts';
import { cronTopic, scheduleOf } from './schedules.ts';
import { topicsOf } from './topics.ts';
import { webhookOf } from './webhooks.ts';
import { cpuCount, durationMs, flag, goDurationMs, memoryBytes, wholeNumber } from './quantity.ts';

/** What a specification means: every number the platform works with, each with a default (docs/functions.md lists them). */
export interface Policy {
  /** The one timeout: from the call's arrival to the last byte of its answer. */
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  /** What one instance counts for in the machine's budget. */
  readonly reservedBytes: number;
  /** Processors an instance may use at most; undefined is no limit. */
  readonly cpus?: number;
  readonly processes: number;
  readonly scratchBytes: number;
  /** Calls at once per instance; undefined leaves it to the signature. */
  readonly concurrency?: number;
  readonly idleMs: number;
  /** Instances kept awake. */
  readonly min: number;
  /** Instances where there are any: from waking to sleeping. */
  readonly least: number;
  /** Most instances. */
  readonly max: number;
  /** Per cent of `max` that an alert adds; 0 adds none. */
  readonly scaleFactor: number;
  /** How the number of instances follows the load. */
  readonly scaling: Scaling;
  readonly network: NetworkGrant;
  readonly visibility: 'public' | 'private' | 'default';
  /** From where it may be called; undefined is from anywhere. */
  readonly allowFrom?: Networks;
  /** What a request's body may have; undefined leaves it to the gateway's limit. */
  readonly maxBodyBytes?: number;
  /** Headers that answers get which do not say them themselves: names and values in turn. */
  readonly headers?: readonly string[];
  /** Addresses of its own beside /function/NAME. */
  readonly routes: readonly OwnRoute[];
  /** How often it may be called, by all together and by each. */
  readonly rateLimit?: Rate;
  readonly rateLimitPerClient?: Rate;
  readonly cors?: Cors;
  /** Who develops it may look into it. */
  readonly debug?: Debugging;
  /** How calls from the queue are tried. */
  readonly retries: Retries;
  /** Calls from the queue at once; undefined lets the instances decide. */
  readonly queueConcurrency?: number;
  /** When the clock calls it. */
  readonly schedule?: Schedule;
  /** What it wants to hear of. */
  readonly topics: readonly string[];
  /** Whose signature lets in. */
  readonly webhook?: WebhookRule;
  /** Of which calls the bodies are kept. */
  readonly capture: Capturing;
  /** What is different of the alerts about it. */
  readonly alerts?: OwnAlerts;
}

/** What the operator may set for all functions that don't say otherwise. */
export interface PolicyDefaults {
  readonly deadlineMs: number;
  readonly idleMs: number;
  readonly network: NetworkGrant;
}

export const builtInDefaults: PolicyDefaults = {
  deadlineMs: 60_000,
  idleMs: 300_000,
  network: networkGrant('functions.network', 'none'),
};

const mebibyte = 2 ** 20;
/** With less, no host of a language starts; functions that ask for less get this. */
export const leastMemory = 8 * mebibyte;

/** Reads the policy out of a specification. Throws `bad_value` naming the field that can't be understood. */
export function policyOf(spec: FunctionSpec, defaults: PolicyDefaults = builtInDefaults): Policy {
  const label = (key: string) => spec.labels?.[key];
  const note = (key: string) => spec.annotations?.[key];
  const ours = (key: string) => note(`com.wherry.${key}`) ?? label(`com.wherry.${key}`);
  const given = <T>(text: string | undefined, read: (text: string) => T, otherwise: T): T =>
    text === undefined ? otherwise : read(text);

  const memory = given(
    spec.limits?.memory,
    (t) => Math.max(leastMemory, size('limits.memory', memoryBytes('limits.memory', t), 1)),
    256 * mebibyte,
  );
  const max = given(
    label('com.openfaas.scale.max'),
    (t) => wholeNumber('com.openfaas.scale.max', t, 1, 1000),
    20,
  );
  const askedMin = given(
    label('com.openfaas.scale.min'),
    (t) => wholeNumber('com.openfaas.scale.min', t, 0, 1000),
    0,
  );
  const mayZero = given(
    label('com.openfaas.scale.zero'),
    (t) => flag('com.openfaas.scale.zero', t),
    askedMin === 0,
  );
  const least = Math.min(Math.max(1, askedMin), max);
  const concurrency = ours('concurrency');
  const [rateLimit, perClient] = [ours('rate-limit'), ours('rate-limit-per-client')];
  const origins = ours('cors');
  const allowFrom = ours('allow-from');
  const queueConcurrency = ours('queue.concurrency');
  const alerts = ours('alerts');
  const [maxBody, headers, debug] = [ours('max-body'), ours('headers'), ours('debug')];
  const noted = (key: string) => note(key) ?? label(key);
  const [schedule, webhook] = [scheduleOf(noted), webhookOf(noted)];

  return {
    deadlineMs: given(
      ours('timeout'),
      (t) => between('com.wherry.timeout', durationMs('com.wherry.timeout', t), 1, 86_400_000),
      defaults.deadlineMs,
    ),
    memoryBytes: memory,
    reservedBytes: Math.min(
      memory,
      given(spec.requests?.memory, (t) => memoryBytes('requests.memory', t), 64 * mebibyte),
    ),
    ...(spec.limits?.cpu === undefined
      ? {}
      : { cpus: between('limits.cpu', cpuCount('limits.cpu', spec.limits.cpu), 0.01, 1024) }),
    processes: given(ours('processes'), (t) => wholeNumber('com.wherry.processes', t, 8, 4096), 128),
    scratchBytes: given(
      ours('scratch'),
      (t) => size('com.wherry.scratch', memoryBytes('com.wherry.scratch', t), mebibyte),
      64 * mebibyte,
    ),
    ...(concurrency === undefined
      ? {}
      : { concurrency: wholeNumber('com.wherry.concurrency', concurrency, 1, 10_000) }),
    idleMs: given(
      label(idleLabel),
      (t) => idle(idleLabel, goDurationMs(idleLabel, t)),
      given(ours('idle'), (t) => idle('com.wherry.idle', durationMs('com.wherry.idle', t)), defaults.idleMs),
    ),
    min: mayZero ? 0 : least,
    least,
    max: Math.max(1, max),
    scaleFactor: given(
      label('com.openfaas.scale.factor'),
      (t) => wholeNumber('com.openfaas.scale.factor', t, 0, 100),
      20,
    ),
    scaling: scaling(label),
    network: given(ours('network'), (t) => networkGrant('com.wherry.network', t), defaults.network),
    visibility: given(ours('visibility'), visibility, 'default'),
    routes: given(ours('routes'), (t) => ownRoutes('com.wherry.routes', t), []),
    ...(maxBody === undefined ? {} : { maxBodyBytes: memoryBytes('com.wherry.max-body', maxBody) }),
    ...(headers === undefined ? {} : { headers: answerHeaders('com.wherry.headers', headers) }),
    ...(allowFrom === undefined
      ? {}
      : { allowFrom: new Networks('com.wherry.allow-from', commaList(allowFrom)) }),
    ...(rateLimit === undefined ? {} : { rateLimit: rate('com.wherry.rate-limit', rateLimit) }),
    ...(perClient === undefined
      ? {}
      : { rateLimitPerClient: rate('com.wherry.rate-limit-per-client', perClient) }),
    retries: retriesOf(noted),
    capture: given(ours('capture'), (t) => capturing('com.wherry.capture', t), 'none'),
    topics: topicsOf(noted('topic')).filter((topic) => topic !== cronTopic),
    ...(schedule === undefined ? {} : { schedule }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(alerts === undefined ? {} : { alerts: ownAlerts(alerts) }),
    ...(queueConcurrency === undefined
      ? {}
      : { queueConcurrency: wholeNumber('com.wherry.queue.concurrency', queueConcurrency, 1, 10_000) }),
    ...(debug === undefined ? {} : { debug: debugging('com.wherry.debug', debug) }),
    ...(origins === undefined ? {} : { cors: cors(origins, ours('cors-credentials')) }),
  };
}

function commaList(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

function cors(text: string, credentials: string | undefined): Cors {
  const origins = corsOrigins('com.wherry.cors', text);
  const along = credentials !== undefined && flag('com.wherry.cors-credentials', credentials);
  if (!along || origins !== '*') return { origins, credentials: along };
  throw new WherryError(
    'bad_value',
    'com.wherry.cors-credentials: every page would act in the name of whoever opens it; name the origins in com.wherry.cors',
    { component: 'rules' },
  );
}

const idleLabel = 'com.openfaas.scale.zero-duration';

function idle(field: string, ms: number): number {
  return between(field, ms, 100, 86_400_000);
}

function visibility(text: string): 'public' | 'private' {
  if (text === 'public' || text === 'private') return text;
  throw new WherryError(
    'bad_value',
    `com.wherry.visibility: ${printable(text)} is neither public nor private`,
    { component: 'rules' },
  );
}

function between(field: string, value: number, from: number, to: number): number {
  if (value >= from && value <= to) return value;
  throw new WherryError('bad_value', `${field}: outside ${from} to ${to}`, { component: 'rules' });
}

/** Above the bound there is no machine; kernels refuse such numbers in words of their own. */
function size(field: string, value: number, least: number): number {
  if (value >= least && value <= 2 ** 50) return value;
  throw new WherryError('bad_value', `${field}: outside ${least / mebibyte}Mi to 1024Ti`, {
    component: 'rules',
  });
}
