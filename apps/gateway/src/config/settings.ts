// Long because: every setting stands here once, with its default, its flag, its variable and its meaning.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { wholeNumber } from '@wherry/core/rules/quantity';
import { networkGrant } from '@wherry/core/rules/network-grant';
import { atLeast, captureSize, duration, list, mirrors, oneOf, port, share, size, text } from './values.ts';

/** One setting: how it is spelled in the file, as a flag and as a variable, and how its text is understood. */
export interface SettingRule<T> {
  readonly key: string;
  readonly flag: string;
  readonly variable: string;
  readonly fallback: string;
  readonly meaning: string;
  read(text: string): T;
}

const flagOf = (key: string): string =>
  `--${key
    .replace(/([A-Z])/g, '-$1')
    .replaceAll('.', '-')
    .toLowerCase()}`;
const variableOf = (key: string): string =>
  `WHERRY_${key
    .replace(/([A-Z])/g, '_$1')
    .replaceAll('.', '_')
    .toUpperCase()}`;

function rule<T>(key: string, fallback: string, meaning: string, read: (text: string) => T): SettingRule<T> {
  return { key, flag: flagOf(key), variable: variableOf(key), fallback, meaning, read };
}

/** All settings of the gateway. docs/configuration.md is written from this. */
export const settingRules = {
  home: rule('home', join(homedir(), '.wherry'), 'Data folder: token, database, packages', text),
  host: rule(
    'host',
    '127.0.0.1',
    'Address to listen on; anything but loopback needs TLS: a certificate (tls.cert), or a proxy in front (trustedProxies)',
    text,
  ),
  port: rule(
    'port',
    '8080',
    'Port of the API and the functions; 0 takes any free one, for the dashboard and the metrics too unless theirs are given',
    port('port'),
  ),
  dashboardPort: rule(
    'dashboardPort',
    '8081',
    'Port of the dashboard, always of this machine alone; 0 takes any free one',
    port('dashboardPort'),
  ),
  'tls.cert': rule(
    'tls.cert',
    '',
    'Certificate chain as a PEM file; with it the gateway speaks TLS on tls.port',
    text,
  ),
  'tls.key': rule('tls.key', '', 'Its key, as a PEM file; both are read again when they change', text),
  'tls.port': rule(
    'tls.port',
    '8443',
    'Port of TLS; the plain port then stays on loopback',
    port('tls.port'),
  ),
  'tls.redirectPort': rule(
    'tls.redirectPort',
    'none',
    'Port of plain HTTP that leads browsers to TLS, such as 80; none',
    (value) => (value === 'none' ? undefined : port('tls.redirectPort')(value)),
  ),
  'tls.hsts': rule(
    'tls.hsts',
    '24h',
    'How long browsers that came by TLS come by nothing else (Strict-Transport-Security); off says nothing',
    (value) => (value === 'off' ? undefined : duration('tls.hsts')(value)),
  ),
  'acme.names': rule(
    'acme.names',
    '',
    'Host names of the gateway for which an authority gives certificates, comma separated; with them it speaks TLS, and functions get theirs',
    (value) => list(value.toLowerCase()),
  ),
  'acme.directory': rule(
    'acme.directory',
    'https://acme-v02.api.letsencrypt.org/directory',
    'The authority, by the address of its ACME directory; naming names agrees to its terms',
    text,
  ),
  'acme.email': rule('acme.email', '', 'Where the authority writes to, should something be wrong', text),
  'acme.ca': rule('acme.ca', '', 'PEM file that vouches for the server of an authority of your own', text),
  metricsPort: rule('metricsPort', '8082', 'Port of /metrics', port('metricsPort')),
  isolation: rule(
    'isolation',
    'auto',
    'Least isolation to accept: auto (the best there is; full on a public address), full, partial, none',
    oneOf('isolation', 'auto', 'full', 'partial', 'none'),
  ),
  fence: rule(
    'fence',
    'best',
    'Tool that builds the fence: best, or util-linux',
    oneOf('fence', 'best', 'util-linux'),
  ),
  pool: rule(
    'pool',
    'on',
    'Start hosts ahead of time: on or off',
    (value) => oneOf('pool', 'on', 'off')(value) === 'on',
  ),
  memoryBudget: rule(
    'memoryBudget',
    'auto',
    'Memory for all instances together, such as 4Gi; auto is four fifths of the machine',
    (value) => (value === 'auto' ? undefined : size('memoryBudget')(value)),
  ),
  maxBody: rule('maxBody', '1Gi', 'Largest request body', size('maxBody')),
  maxWaiting: rule('maxWaiting', '10000', 'Calls that may wait for one function', (value) =>
    wholeNumber('maxWaiting', value, 0, 1_000_000),
  ),
  allowedHosts: rule('allowedHosts', '', 'Further host names to answer to, comma separated', list),
  trustedProxies: rule(
    'trustedProxies',
    '',
    'Networks from which plain HTTP is taken because TLS ended before, comma separated (10.0.0.0/8, …)',
    list,
  ),
  apiNetworks: rule(
    'apiNetworks',
    '',
    'Networks from which the API is taken, comma separated; from this machine it always is. Anywhere unless named',
    list,
  ),
  accessLog: rule(
    'accessLog',
    '',
    'File that gets a line for each request, in the combined log format with call id, seconds and trace id behind; stdout puts it among the lines of the gateway’s own log; none unless named',
    text,
  ),
  'secrets.keyFile': rule(
    'secrets.keyFile',
    '',
    'File with the keys of the secrets; secrets.key in the data folder unless named',
    text,
  ),
  'functions.visibility': rule(
    'functions.visibility',
    'auto',
    'Who may call functions that do not say: auto (public on loopback with no proxy before it, else private), public, private',
    oneOf('functions.visibility', 'auto', 'public', 'private'),
  ),
  'functions.network': rule(
    'functions.network',
    'none',
    'Network of functions that do not say: none, host, or grants with commas (internet, functions, NAME:PORT, …)',
    (value) => networkGrant('functions.network', value).text,
  ),
  'functions.hosts': rule(
    'functions.hosts',
    '',
    'Host names that deployers may give to functions by themselves, comma separated, such as *.apps.example.com; others take the admin scope',
    list,
  ),
  'functions.timeout': rule('functions.timeout', '60s', 'Deadline of a call', duration('functions.timeout')),
  'functions.idle': rule(
    'functions.idle',
    '5m',
    'Sleep after so long without a call',
    duration('functions.idle'),
  ),
  'queue.maxBody': rule('queue.maxBody', '10Mi', 'Largest body of a queued call', size('queue.maxBody')),
  'queue.keep': rule(
    'queue.keep',
    '1h',
    'How long the outcome of a queued call can be asked for',
    duration('queue.keep'),
  ),
  'queue.keepBody': rule(
    'queue.keepBody',
    '256Ki',
    'Largest answer that is kept with it',
    size('queue.keepBody'),
  ),
  'queue.maxSize': rule('queue.maxSize', '1Gi', 'Keep at most so much of outcomes', size('queue.maxSize')),
  'queue.room': rule(
    'queue.room',
    '16Gi',
    'Take no more queued calls once the database holds so much',
    size('queue.room'),
  ),
  'queue.keepDead': rule(
    'queue.keepDead',
    '744h',
    'How long calls that failed for good can be tried again',
    duration('queue.keepDead'),
  ),
  'queue.keepKeys': rule(
    'queue.keepKeys',
    '24h',
    'How long an Idempotency-Key is remembered',
    duration('queue.keepKeys'),
  ),
  'queue.callbacks': rule(
    'queue.callbacks',
    '',
    'Host names, addresses and networks beside the public internet that answers may be sent to, comma separated; none: only functions of this gateway',
    list,
  ),
  'alerts.every': rule('alerts.every', '30s', 'How often alert rules are looked at', (value) =>
    atLeast('alerts.every', value, 1_000),
  ),
  'alerts.wait': rule(
    'alerts.wait',
    '30s',
    'How long the first alert of a group waits for others before somebody is told',
    duration('alerts.wait'),
  ),
  'alerts.interval': rule(
    'alerts.interval',
    '5m',
    'Time between two messages about one group of alerts',
    duration('alerts.interval'),
  ),
  'alerts.repeat': rule('alerts.repeat', '4h', 'Tell again of what still fires after', (value) =>
    atLeast('alerts.repeat', value, 60_000),
  ),
  'alerts.targets': rule(
    'alerts.targets',
    '',
    'Host names, addresses and networks beside the public internet that alerts may be sent to, such as your mail server, comma separated; none: only functions of this gateway',
    list,
  ),
  'alerts.source': rule(
    'alerts.source',
    '',
    'Address that messages lead to; unless named the Alerts page of the dashboard, or host and port of the gateway where there is none',
    text,
  ),
  'build.time': rule('build.time', '10m', 'How long a build may take', duration('build.time')),
  'build.memory': rule('build.memory', '2Gi', 'Memory of a build', size('build.memory')),
  'build.disk': rule('build.disk', '2Gi', 'What a build may write', size('build.disk')),
  'build.atOnce': rule('build.atOnce', '2', 'Builds at once; others wait in line', (value) =>
    wholeNumber('build.atOnce', value, 1, 64),
  ),
  'build.mirrors': rule(
    'build.mirrors',
    '',
    'Registries to use instead of the public ones, such as npm=https://npm.example.com, comma separated; npm, python, go, maven, composer, ruby',
    mirrors,
  ),
  'build.payloadSecret': rule(
    'build.payloadSecret',
    '',
    'File with what clients of the remote builder sign with; payload.secret in the data folder unless named',
    text,
  ),
  'store.catalogue': rule(
    'store.catalogue',
    '',
    'Catalogue of the store, a file or an address, as OpenFaaS’s functions.json; the bundled one unless named',
    text,
  ),
  stopGrace: rule(
    'stopGrace',
    '10s',
    'How long an instance may take to end by itself',
    duration('stopGrace'),
  ),
  stopNotice: rule(
    'stopNotice',
    'auto',
    'How long calls are still taken after SIGTERM, while /readyz says no already, so that balancers look elsewhere; auto is 5s where others come here (another address than loopback, or a proxy), else none',
    (value) => (value === 'auto' ? undefined : duration('stopNotice')(value)),
  ),
  drain: rule('drain', '60s', 'How long calls may finish when the gateway stops', duration('drain')),
  'audit.keep': rule('audit.keep', '9600h', 'Keep the audit log for', duration('audit.keep')),
  'calls.keep': rule('calls.keep', '744h', 'Keep records of calls for', duration('calls.keep')),
  'calls.maxSize': rule('calls.maxSize', '2Gi', 'Keep at most so much of them', size('calls.maxSize')),
  'capture.maxBody': rule(
    'capture.maxBody',
    '64Ki',
    'What is kept of each body of calls of functions that ask for that (com.wherry.capture)',
    captureSize,
  ),
  'capture.keep': rule('capture.keep', '168h', 'Keep them for', duration('capture.keep')),
  'capture.maxSize': rule(
    'capture.maxSize',
    '256Mi',
    'Keep at most so much of them',
    size('capture.maxSize'),
  ),
  'backup.every': rule(
    'backup.every',
    'off',
    'Make a backup in backup.folder every so often, such as 24h; off',
    (value) => (value === 'off' ? undefined : atLeast('backup.every', value, 60_000)),
  ),
  'backup.folder': rule(
    'backup.folder',
    '',
    'Where they go, best another disk; backups in the data folder unless named',
    text,
  ),
  'backup.keep': rule('backup.keep', '7', 'How many of them stay', (value) =>
    wholeNumber('backup.keep', value, 1, 10_000),
  ),
  'backup.history': rule(
    'backup.history',
    'on',
    'Whether calls and logs are in them: on or off',
    (value) => oneOf('backup.history', 'on', 'off')(value) === 'on',
  ),
  'logs.keep': rule('logs.keep', '720h', 'Keep logs for', duration('logs.keep')),
  'logs.maxSize': rule('logs.maxSize', '1Gi', 'Keep at most so much of them', size('logs.maxSize')),
  'logs.format': rule(
    'logs.format',
    'auto',
    'Lines of the gateway’s own log: text, json, or auto, which is text at a terminal',
    oneOf('logs.format', 'auto', 'text', 'json'),
  ),
  'logs.stdout': rule(
    'logs.stdout',
    'none',
    'What is on standard output for whoever collects logs: gateway, its own log; all, also what functions write; none, then its own log is on standard error',
    oneOf('logs.stdout', 'none', 'gateway', 'all'),
  ),
  'instances.keep': rule(
    'instances.keep',
    '9600h',
    'Keep how instances ended, with their last words, for',
    duration('instances.keep'),
  ),
  'instances.maxSize': rule(
    'instances.maxSize',
    '128Mi',
    'Keep at most so much of that; of one function an eighth of it',
    size('instances.maxSize'),
  ),
  'traces.endpoint': rule(
    'traces.endpoint',
    '',
    'Where traces go: the base address of an OpenTelemetry receiver that takes OTLP over HTTP, such as http://127.0.0.1:4318; off. Unless named, what OTEL_EXPORTER_OTLP_ENDPOINT names',
    text,
  ),
  'traces.ratio': rule(
    'traces.ratio',
    '1',
    'Part of the calls that is traced, from 0 to 1; of those that come with a trace their caller has decided',
    share('traces.ratio'),
  ),
  'metrics.maxSize': rule(
    'metrics.maxSize',
    '256Mi',
    'Keep at most so much of the history of metrics',
    size('metrics.maxSize'),
  ),
} as const;

type Rules = typeof settingRules;
export type SettingKey = keyof Rules;
/** The effective value of each setting. */
export type Settings = { readonly [K in SettingKey]: ReturnType<Rules[K]['read']> };
