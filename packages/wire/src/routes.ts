// Long because: every route is named here once, for both sides.
import type { Scope } from '@wherry/core/access';

/**
 * Who may come in. `public` is the checked-in list of routes without credentials; `invoke` follows the function's visibility;
 * the rest is the scope a token needs.
 */
export type Access = 'public' | Scope;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ANY';
  /** `{x}` stands for one segment, a final `*` for the rest. */
  readonly path: string;
  readonly access: Access;
  readonly says: string;
}

const route = (method: Route['method'], path: string, access: Access, says: string): Route => ({
  method,
  path,
  access,
  says,
});

/** Every route of the API, named once for both sides. The first part is OpenFaaS's, the second ours. */
export const routes = {
  root: route('GET', '/', 'public', 'To the page for people'),
  ui: route('GET', '/ui/', 'public', 'The page for people'),
  openapi: route('GET', '/openapi.json', 'public', 'This API as an OpenAPI document'),
  apiPage: route('GET', '/api/', 'public', 'This API as a page'),
  healthz: route('GET', '/healthz', 'public', 'The gateway is alive'),
  invoke: route('ANY', '/function/{name}', 'invoke', 'Call a function: NAME, NAME@VERSION or NAME@ALIAS'),
  invokePath: route('ANY', '/function/{name}/*', 'invoke', 'Call a function with a path'),
  invokeAsync: route('POST', '/async-function/{name}', 'invoke', 'Keep a call and make it later'),
  invokeAsyncPath: route('POST', '/async-function/{name}/*', 'invoke', 'Keep a call with a path'),
  cancelAsync: route('DELETE', '/async-function/{name}', 'invoke', 'Take back a call that was kept'),
  info: route('GET', '/system/info', 'read', 'Versions of gateway and provider'),
  listFunctions: route('GET', '/system/functions', 'read', 'All functions of a namespace'),
  deployFunction: route('POST', '/system/functions', 'deploy', 'Deploy a function, new or not'),
  updateFunction: route(
    'PUT',
    '/system/functions',
    'deploy',
    'Deploy a new version of a function that exists',
  ),
  deleteFunction: route('DELETE', '/system/functions', 'deploy', 'Remove a function'),
  readFunction: route('GET', '/system/function/{name}', 'read', 'One function'),
  scaleFunction: route('POST', '/system/scale-function/{name}', 'deploy', 'Ask for a number of instances'),
  alert: route('POST', '/system/alert', 'deploy', 'More or fewer instances, as an alert manager says'),
  telemetry: route('GET', '/system/telemetry', 'read', 'What this gateway tells anybody of itself: nothing'),
  readLogs: route('GET', '/system/logs', 'read', 'Log lines of a function, as they come where asked'),
  listNamespaces: route('GET', '/system/namespaces', 'read', 'Names of the namespaces'),
  createNamespace: route('POST', '/system/namespace/', 'admin', 'Make a namespace'),
  createNamespacePlain: route('POST', '/system/namespace', 'admin', 'The same, without the slash'),
  readNamespace: route('GET', '/system/namespace/{namespace}', 'read', 'One namespace'),
  updateNamespace: route(
    'PUT',
    '/system/namespace/{namespace}',
    'admin',
    'New labels and annotations for a namespace',
  ),
  deleteNamespace: route('DELETE', '/system/namespace/{namespace}', 'admin', 'Remove an empty namespace'),
  listSecrets: route('GET', '/system/secrets', 'read', 'Names of the secrets of a namespace'),
  createSecret: route('POST', '/system/secrets', 'secrets', 'Make a secret'),
  updateSecret: route('PUT', '/system/secrets', 'secrets', 'A new value for a secret, also for who runs'),
  deleteSecret: route('DELETE', '/system/secrets', 'secrets', 'Remove a secret'),

  readyz: route('GET', '/readyz', 'public', 'The gateway answers calls'),
  putPackage: route(
    'PUT',
    '/system/packages',
    'deploy',
    'Upload code: a gzipped tar archive with its manifest',
  ),
  readPackage: route('GET', '/system/packages/{digest}', 'deploy', 'Whether a package is here'),
  build: route('POST', '/system/builds', 'deploy', 'Build what was uploaded; the log comes as it is written'),
  listImages: route('GET', '/system/images', 'deploy', 'Names of images that stand for packages here'),
  nameImage: route('PUT', '/system/images', 'deploy', 'Give a package the name of an image'),
  unnameImage: route('DELETE', '/system/images', 'deploy', 'Take the name of an image back'),
  remoteBuild: route(
    'POST',
    '/build',
    'public',
    'OpenFaaS’s remote builder: an archive, signed with the payload secret',
  ),
  publicKey: route('GET', '/publickey', 'public', 'The key that build secrets are sealed for'),
  listStore: route('GET', '/system/store', 'read', 'Functions that can be deployed by their names'),
  readStoreItem: route('GET', '/system/store/{name}', 'read', 'One of them'),
  orderStoreItem: route(
    'POST',
    '/system/store/{name}',
    'deploy',
    'Fetch and check what it needs; answers what to deploy',
  ),
  listRuntimes: route('GET', '/system/runtimes', 'read', 'Languages that functions can run in here'),
  addRuntime: route('POST', '/system/runtimes', 'admin', 'Fetch a version of Node for functions'),
  query: route('GET', '/api/v1/query', 'read', 'What a query over metrics gives at one moment'),
  queryForm: route('POST', '/api/v1/query', 'read', 'The same, the query in a form'),
  queryRange: route('GET', '/api/v1/query_range', 'read', 'What a query over metrics gives over a time'),
  queryRangeForm: route('POST', '/api/v1/query_range', 'read', 'The same, the query in a form'),
  listSeries: route('GET', '/api/v1/series', 'read', 'Series of metrics'),
  listSeriesForm: route('POST', '/api/v1/series', 'read', 'The same, the selectors in a form'),
  listLabels: route('GET', '/api/v1/labels', 'read', 'Names of the labels of metrics'),
  listLabelsForm: route('POST', '/api/v1/labels', 'read', 'The same, the selectors in a form'),
  listLabelValues: route('GET', '/api/v1/label/{label}/values', 'read', 'Values of a label of metrics'),
  metricMetadata: route('GET', '/api/v1/metadata', 'read', 'Kinds and help of the metrics'),
  buildInformation: route('GET', '/api/v1/status/buildinfo', 'read', 'For data sources of Prometheus'),
  listCalls: route('GET', '/system/calls', 'read', 'Recent calls, newest first'),
  readCall: route(
    'GET',
    '/system/calls/{id}',
    'invoke',
    'What became of one call: its state, its attempts, its answer',
  ),
  cancelCall: route('DELETE', '/system/calls/{id}', 'invoke', 'Take back a call that was kept'),
  listLanes: route('GET', '/system/queue', 'read', 'What waits, runs and failed for good, of each function'),
  listQueued: route('GET', '/system/queue/calls', 'read', 'Calls in the queue, newest first'),
  cancelQueued: route('POST', '/system/queue/cancel', 'deploy', 'Take back calls that wait or run'),
  redrive: route('POST', '/system/queue/redrive', 'deploy', 'Try calls again that failed for good'),
  discard: route('POST', '/system/queue/discard', 'deploy', 'Remove calls that failed for good'),
  callbackKey: route('GET', '/system/queue/key', 'admin', 'What answers to callers are signed with'),
  listSchedules: route('GET', '/system/schedules', 'read', 'When which functions are called by the clock'),
  pauseSchedule: route('POST', '/system/schedules/{name}/pause', 'deploy', 'Let a schedule rest'),
  resumeSchedule: route('POST', '/system/schedules/{name}/resume', 'deploy', 'Let it go on from now'),
  runSchedule: route(
    'POST',
    '/system/schedules/{name}/run',
    'deploy',
    'Call the function as its schedule does, now',
  ),
  listTopics: route('GET', '/system/topics', 'read', 'Topics, and which functions listen'),
  publish: route(
    'POST',
    '/system/topics/{topic}',
    'invoke',
    'Tell a message to all who listen: a queued call for each, or none',
  ),
  readState: route('GET', '/system/function/{name}/state', 'read', 'How a function is, and why'),
  listVersions: route(
    'GET',
    '/system/function/{name}/versions',
    'read',
    'Versions of a function, and who takes its calls',
  ),
  rollback: route('POST', '/system/function/{name}/rollback', 'deploy', 'Make an earlier version live again'),
  shareCanary: route(
    'PUT',
    '/system/function/{name}/canary',
    'deploy',
    'Another share of the calls for the version that is being tried',
  ),
  promote: route(
    'POST',
    '/system/function/{name}/promote',
    'deploy',
    'The version that is being tried goes live',
  ),
  abort: route('POST', '/system/function/{name}/abort', 'deploy', 'All calls to the live version again'),
  listAliases: route('GET', '/system/function/{name}/aliases', 'read', 'Names for versions of a function'),
  setAlias: route(
    'PUT',
    '/system/function/{name}/aliases/{alias}',
    'deploy',
    'Lead an alias to versions, each with a weight',
  ),
  removeAlias: route('DELETE', '/system/function/{name}/aliases/{alias}', 'deploy', 'Remove an alias'),
  readScaling: route(
    'GET',
    '/system/function/{name}/scaling',
    'read',
    'What was decided over its number of instances, and why; newest first',
  ),
  listInstances: route('GET', '/system/instances', 'read', 'All running instances'),
  listTokens: route('GET', '/system/tokens', 'admin', 'All tokens, without their secrets'),
  createToken: route('POST', '/system/tokens', 'admin', 'Make a token; the answer shows it once'),
  deleteToken: route('DELETE', '/system/tokens/{name}', 'admin', 'Revoke a token'),
  rotateToken: route(
    'POST',
    '/system/tokens/{name}/rotate',
    'admin',
    'Replace a token; the old one ends at once',
  ),
  rotateSecretKey: route(
    'POST',
    '/system/secrets/rotate-key',
    'admin',
    'Encrypt all secrets with a new key, and destroy the old one',
  ),
  backup: route(
    'GET',
    '/system/backup',
    'admin',
    'A backup of now, as a gzipped tar archive; history=0 leaves calls and logs out. Keys are never in it',
  ),
  listBackups: route('GET', '/system/backups', 'admin', 'Backups that were made by themselves, newest first'),
  listAudit: route(
    'GET',
    '/system/audit',
    'admin',
    'Who changed what, newest first; by who, what, namespace, name, since, until, outcome, before, limit',
  ),
  exportAudit: route(
    'GET',
    '/system/audit/export',
    'admin',
    'All of it, oldest first: format=jsonl, which can be verified elsewhere, or csv',
  ),
  verifyAudit: route('GET', '/system/audit/verify', 'admin', 'Whether the audit log is what was written'),
  exportTable: route(
    'GET',
    '/system/export/{table}',
    'read',
    'A table as a file: format=csv, json, jsonl or xlsx, and filters of the table',
  ),
  createExportLink: route(
    'POST',
    '/system/export/{table}/link',
    'admin',
    'An address of one table with these filters, which needs no other credential; the answer shows it once',
  ),
  readExportLink: route(
    'GET',
    '/export/{token}/{file}',
    'public',
    'A table, by an address that was made for it: the credential is in it',
  ),
  readUsage: route(
    'GET',
    '/system/usage',
    'read',
    'Calls, errors, GB-seconds and processor time by function or namespace; since, until, every, zone',
  ),
  listReports: route('GET', '/system/reports', 'read', 'Reports that were made, newest first'),
  makeReport: route('POST', '/system/reports', 'admin', 'Make a report now, of the last day, week or month'),
  readReport: route(
    'GET',
    '/system/reports/{id}',
    'read',
    'One report: format=html, which is a page, text or json',
  ),
  listReportSubscriptions: route(
    'GET',
    '/system/report-subscriptions',
    'admin',
    'Which reports are made by themselves, and where they go',
  ),
  subscribeReport: route(
    'POST',
    '/system/report-subscriptions',
    'admin',
    'Have a report made every day, week or month, and sent',
  ),
  unsubscribeReport: route('DELETE', '/system/report-subscriptions/{name}', 'admin', 'No more of them'),
  doctor: route('GET', '/system/doctor', 'admin', 'What this machine gives and lacks'),
  config: route('GET', '/system/config', 'admin', 'Every setting with its origin'),
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

/** The path of a route with its `{x}` filled in, each as one escaped segment. */
export function pathOf(
  name: Exclude<RouteName, 'invokePath' | 'invokeAsyncPath'>,
  values: Readonly<Record<string, string>> = {},
): string {
  return routes[name].path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));
}
