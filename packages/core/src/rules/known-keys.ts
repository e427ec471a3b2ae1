import type { FunctionSpec } from '../function.ts';
import { cronTopic } from './schedules.ts';
import { similar } from './similar.ts';
import { topicList } from './topics.ts';

/** Something in a specification that is kept and changes nothing, with the reason. */
export interface WithoutEffect {
  readonly key: string;
  readonly why: string;
}

/** Those that rules/policy reads, and those that are words for people. */
const inForce = [
  'com.openfaas.scale.min',
  'com.openfaas.scale.max',
  'com.openfaas.scale.factor',
  'com.openfaas.scale.zero',
  'com.openfaas.scale.zero-duration',
  'com.openfaas.scale.type',
  'com.openfaas.scale.target',
  'com.openfaas.scale.target-proportion',
  'com.openfaas.scale.down.window',
  'com.wherry.timeout',
  'com.wherry.idle',
  'com.wherry.concurrency',
  'com.wherry.processes',
  'com.wherry.scratch',
  'com.wherry.network',
  'com.wherry.visibility',
  'com.wherry.routes',
  'com.wherry.max-body',
  'com.wherry.headers',
  'com.wherry.allow-from',
  'com.wherry.rate-limit',
  'com.wherry.rate-limit-per-client',
  'com.wherry.cors',
  'com.wherry.cors-credentials',
  'com.wherry.debug',
  'com.wherry.capture',
  'com.wherry.queue.concurrency',
  'com.wherry.queue.max-age',
  'com.openfaas.retry.attempts',
  'com.openfaas.retry.codes',
  'com.openfaas.retry.min_wait',
  'com.openfaas.retry.max_wait',
  'topic',
  'com.wherry.schedule',
  'com.wherry.schedule.zone',
  'com.wherry.schedule.missed',
  'com.wherry.schedule.body',
  'com.wherry.schedule.content-type',
  'com.wherry.webhook',
  'com.wherry.webhook.secret',
  'com.wherry.alerts',
  'com.openfaas.git-owner',
  'com.openfaas.git-repo',
  'com.openfaas.git-branch',
  'com.openfaas.git-sha',
  'com.openfaas.git-repo-url',
];

const withoutTopic = `needs the topic ${cronTopic} beside it; com.wherry.schedule does not`;
const onKubernetes = 'has a meaning on Kubernetes only';
const loaded = 'an instance is ready when its code has loaded, and replaced when it does not answer';

/** Keys that are known and do nothing here, or not yet; one that ends with a dot stands for all that begin so. */
const reasons: Readonly<Record<string, string>> = {
  'com.openfaas.queue': 'every function has a queue of its own here',
  'com.openfaas.ui.ext': 'for the page of OpenFaaS',
  'com.openfaas.health.http.': loaded,
  'com.openfaas.ready.http.': loaded,
  'com.openfaas.profile': onKubernetes,
  'com.openfaas.serviceaccount': onKubernetes,
  'prometheus.io.': 'functions are not scraped; the gateway counts their calls',
};

/** What of a specification has no effect, in the order in which it stands there. Keys of others are none of our business. */
export function withoutEffect({
  labels,
  annotations,
  constraints,
  requests,
  limits,
}: FunctionSpec): readonly WithoutEffect[] {
  const keys = [...Object.keys(labels ?? {}), ...Object.keys(annotations ?? {})];
  const byTheClock = topicList(annotations?.['topic'] ?? labels?.['topic']).includes(cronTopic);
  const found = keys.flatMap((key) => {
    const why = key === 'schedule' && !byTheClock ? withoutTopic : reasonOf(key);
    return why === undefined ? [] : [{ key, why }];
  });
  if (constraints !== undefined)
    found.push({ key: 'constraints', why: 'there is one machine here, and no choice' });
  for (const key of Object.keys(limits ?? {}).filter((one) => one !== 'memory' && one !== 'cpu'))
    found.push({ key: `limits.${key}`, why: 'nothing of the kind is shared out here' });
  if (requests?.cpu !== undefined)
    found.push({ key: 'requests.cpu', why: 'processors are shared alike; limits.cpu caps' });
  return found;
}

/** Those of them that begin as OpenFaaS's or ours do and are known to neither: most often a slip of the hand, with what was meant. */
export function unknownKeys(spec: FunctionSpec): readonly WithoutEffect[] {
  return withoutEffect(spec).filter(({ why }) => why.startsWith(unknown));
}

const unknown = 'not known here';

function reasonOf(key: string): string | undefined {
  if (inForce.includes(key)) return undefined;
  const known = Object.entries(reasons).find(([name]) =>
    name.endsWith('.') ? key.startsWith(name) : key === name,
  );
  if (known !== undefined) return known[1];
  if (!/^com\.(?:openfaas|wherry)\./.test(key)) return undefined;
  const meant = similar(key, [...inForce, ...Object.keys(reasons).filter((name) => !name.endsWith('.'))]);
  return `${unknown}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
