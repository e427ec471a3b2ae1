import { maxJsonBytes, mostSecretBytes } from '../http/exchange.ts';
import { type Route, type RouteName, routes } from '@wherry/wire/routes';

/**
 * All that changes something and leaves no record in the audit log, each with its reason. Whatever else is not GET is audited, without
 * its handler doing anything for it.
 */
export const notAudited: Partial<Record<RouteName, string>> = {
  invoke: 'a call: it has a record of its own, wherry calls',
  invokePath: 'a call',
  invokeAsync: 'a call, kept in the queue',
  invokeAsyncPath: 'a call, kept in the queue',
  queryForm: 'it only reads: the query is in the body because it may be long',
  queryRangeForm: 'it only reads',
  listSeriesForm: 'it only reads',
  listLabelsForm: 'it only reads',
  tryAlertRule: 'it only reads: a rule that need not be there is in the body',
  tryAlertSet: 'it only reads: what would be put is in the body',
  previewReport: 'it only reads, and nothing is kept: what is wanted is in the body',
  publish: 'calls, one for each who listens',
};

/** What only reads and is audited all the same: who took everything, a key, or the log itself along, or read what callers sent. */
export const auditedReads: readonly RouteName[] = [
  ...(['backup', 'callbackKey', 'exportAudit', 'readCapture', 'readPayload'] as const),
];

/** Bodies that are no JSON: they are read by the handler, as they come. */
const streamed: readonly RouteName[] = ['putPackage', 'remoteBuild'];

/** Where anybody may knock: noted once the handler has seen who it is. An intent before that would let everybody write to the disk. */
const provedLater: readonly RouteName[] = ['remoteBuild', 'signIn'];

/** What is about a call, by its id: noted of those who may not see everything once it is found and is theirs. */
const foundLater: readonly RouteName[] = ['readCapture', 'replayCall', 'readPayload', 'redriveEdited'];

/** What gives room back, and so has to go through on a full disk. */
const frees: readonly RouteName[] = ['discard', 'cancelQueued', 'abort'];

/** How a route is audited; undefined where it is not. */
export interface Auditing {
  readonly what: RouteName;
  readonly streamed: boolean;
  readonly provedLater: boolean;
  readonly foundLater: boolean;
  readonly frees: boolean;
  /** Most bytes that the body may have. */
  readonly jsonBytes: number;
}

export function auditingOf(route: Route): Auditing | undefined {
  const what = nameOf(route);
  if (route.method === 'GET' ? !auditedReads.includes(what) : notAudited[what] !== undefined)
    return undefined;
  return {
    what,
    streamed: streamed.includes(what) || route.method === 'GET',
    provedLater: provedLater.includes(what),
    foundLater: foundLater.includes(what),
    jsonBytes: what.endsWith('Secret') ? mostSecretBytes : maxJsonBytes,
    frees: route.method === 'DELETE' || frees.includes(what),
  };
}

export function nameOf(route: Route): RouteName {
  const found = (Object.keys(routes) as RouteName[]).find((name) => routes[name] === route);
  if (found === undefined) throw new Error(`${route.method} ${route.path} is in no table`);
  return found;
}
