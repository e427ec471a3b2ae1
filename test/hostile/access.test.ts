// Every route against every kind of credential, derived from the table of routes: a route that is added is tried here too.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { scopes } from '@wherry/core/access';
import { type Route, type RouteName, routes } from '@wherry/wire/routes';
import { Gateway } from '../e2e/gateway.ts';
import { type Answer, ask } from './line.ts';

/** All that may be seen without credentials. Longer only after somebody has thought about it. */
// `remoteBuild` takes nothing without a signature: test/e2e/remote-builder.test.ts.
const publicRoutes: readonly RouteName[] = [
  ...(['root', 'ui', 'openapi', 'apiPage', 'healthz', 'readyz'] as const),
  ...(['remoteBuild', 'publicKey', 'signIn'] as const),
  // It opens the one table that the token in its address was made for: test/hostile/export-links.test.ts.
  'readExportLink',
];

/** Those about one function: a token for other functions gets nothing there. */
const aboutOne: readonly RouteName[] = [
  'invoke',
  'invokePath',
  ...(['listVersions', 'rollback', 'shareCanary', 'promote', 'abort'] as const),
  ...(['listAliases', 'setAlias', 'removeAlias'] as const),
  ...(['pauseSchedule', 'resumeSchedule', 'runSchedule'] as const),
  'invokeAsync',
  'invokeAsyncPath',
  'listQueued',
  'deployFunction',
  'updateFunction',
  'deleteFunction',
  'readFunction',
  'scaleFunction',
  'readLogs',
  'listCalls',
  'listEndedInstances',
  'readState',
  'readScaling',
  'alert',
  'createSecret',
  'updateSecret',
  'deleteSecret',
  'build',
  'nameImage',
  'unnameImage',
];

/** Those that show only what the token is for, or nothing about functions at all. */
const aboutAll: readonly RouteName[] = [
  'info',
  'makeSignInLink',
  'listFunctions',
  'telemetry',
  'listNamespaces',
  'createNamespace',
  'createNamespacePlain',
  'readNamespace',
  'updateNamespace',
  'deleteNamespace',
  'listSecrets',
  'rotateSecretKey',
  'putPackage',
  'readPackage',
  'listInstances',
  'events',
  'listTokens',
  'createToken',
  'deleteToken',
  'rotateToken',
  'doctor',
  'gatewayLog',
  'config',
  'listImages',
  'listRuntimes',
  'addRuntime',
  'backup',
  'listBackups',
  'listAudit',
  'exportAudit',
  'verifyAudit',
  'exportTable',
  'createExportLink',
  'readUsage',
  ...(['listReports', 'makeReport', 'previewReport', 'readReport'] as const),
  ...([
    'listReportSubscriptions',
    'pauseReport',
    'resumeReport',
    'subscribeReport',
    'unsubscribeReport',
  ] as const),
  'listStore',
  'readStoreItem',
  'orderStoreItem',
  'readCall',
  'readCapture',
  'replayCall',
  'readPayload',
  'redriveEdited',
  'cancelCall',
  'cancelAsync',
  'listLanes',
  'cancelQueued',
  'redrive',
  'discard',
  'callbackKey',
  'listSchedules',
  ...(['listAlerts', 'listAlertEvents', 'listAlertRules', 'putAlertRule', 'deleteAlertRule'] as const),
  ...(['tryAlertRule', 'fireAlertRule', 'listSilences', 'createSilence', 'deleteSilence'] as const),
  ...(['putAlertSet', 'tryAlertSet'] as const),
  ...(['listChannels', 'putChannel', 'deleteChannel', 'testChannel'] as const),
  'listTopics',
  'publish',
  ...(['query', 'queryForm', 'queryRange', 'queryRangeForm', 'metricMetadata', 'buildInformation'] as const),
  ...(['listSeries', 'listSeriesForm', 'listLabels', 'listLabelsForm', 'listLabelValues'] as const),
];

/** Those that concern all functions at once, and so need a token for all of them. */
const forAll: readonly RouteName[] = ['listBoards', 'readBoard', 'putBoard', 'deleteBoard'];

const all = Object.entries(routes) as [RouteName, Route][];
const gateway = await Gateway.start({ after }, { args: ['--functions-visibility', 'private'] });

/** A request that gets past the door and no further: it names things that don't exist. */
function knock(route: Route, target: string, authorization?: string, method = usual(route)): Promise<Answer> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return ask(gateway.url, method, address(route, target), headers, bodyFor(route, target));
}

/** The answer to GET on the stream of events ends with the gateway. */
const usual = (route: Route): string =>
  route === routes.events ? 'HEAD' : route.method === 'ANY' ? 'GET' : route.method;

function address(route: Route, target: string): string {
  const path = route.path
    .replace('{name}', target)
    .replace('{digest}', 'a'.repeat(64))
    .replace('{id}', target)
    .replace('*', 'x');
  return route.path.startsWith('/system/') && route.method === 'GET'
    ? `${path}?name=${target}&function=${target}&limit=1`
    : path;
}

function bodyFor(route: Route, target: string): string {
  if (route.method === 'GET' || route.method === 'ANY') return '';
  const image = `wherry.local/x@sha256:${'0'.repeat(64)}`;
  return JSON.stringify({
    ...{ service: target, functionName: target, serviceName: target, image, replicas: 1 },
    // What names an image, or is built, is about the function of that name.
    ...(['/system/images', '/system/builds'].includes(route.path) ? { image: `${target}:latest` } : {}),
    source: '0'.repeat(64),
    alerts: [{ status: 'firing', labels: { function_name: target } }],
    // A namespace that cannot be made, and a secret that is not there to be changed.
    ...(route.path.startsWith('/system/namespace') ? { name: 'Bad' } : { name: target, value: 'x' }),
  });
}

const open = (status: number): boolean => status !== 401 && status !== 403;
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function token(name: string, more: object): Promise<string> {
  const made = await gateway.system('POST', '/system/tokens', { name, ...more });
  assert.equal(made.status, 200, await made.clone().text());
  return ((await made.json()) as { token: string }).token;
}

const byScope = new Map<string, string>();
const byScopeForOthers = new Map<string, string>();
let expired = '';
let revoked = '';

before(async () => {
  await gateway.deploy({ name: 'private', files: { 'handler.js': 'module.exports = () => "reached";' } });
  expired = await token('expired', { scopes: ['admin'], expiresInSeconds: 1 });
  for (const scope of scopes) {
    byScope.set(scope, await token(`only-${scope}`, { scopes: [scope] }));
    byScopeForOthers.set(scope, await token(`others-${scope}`, { scopes: [scope], functions: 'other-*' }));
  }
  revoked = await token('revoked', { scopes: ['admin'] });
  const bearer = { authorization: `Bearer ${revoked}` };
  assert.equal((await fetch(`${gateway.url}/system/info`, { headers: bearer })).status, 200, 'it was good');
  assert.equal((await gateway.system('DELETE', '/system/tokens/revoked')).status, 202);
  const late = { authorization: `Bearer ${expired}` };
  while ((await fetch(`${gateway.url}/system/info`, { headers: late })).status !== 401);
});

test('the public list is the one that is checked in, and every route says what it is about', () => {
  const found = all.filter(([, route]) => route.access === 'public').map(([name]) => name);
  assert.deepEqual(found.sort(), [...publicRoutes].sort());
  const known = [...publicRoutes, ...aboutOne, ...aboutAll, ...forAll].sort();
  assert.deepEqual(known, all.map(([name]) => name).sort());
});

for (const [name, route] of all.filter(([, { access }]) => access !== 'public')) {
  describe(`${route.method} ${route.path} needs ${route.access}`, () => {
    test('nobody gets in without a token that is known, good, and sent as it must be', async () => {
      const admin = gateway.token;
      const wrong: readonly (string | undefined)[] = [
        undefined,
        'Bearer',
        'Bearer ',
        'Bearer wherry_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        `Bearer ${expired}`,
        `Bearer ${revoked}`,
        `Bearer ${admin}x`,
        `Bearer ${admin.slice(0, -1)}`,
        `Bearer ${admin.toUpperCase()}`,
        `Bearer x ${admin}`,
        `Bearer ${admin}, Bearer ${admin}`,
        `Token ${admin}`,
        admin,
        basic('admin', ''),
        basic('admin', 'admin'),
        basic('', admin),
        basic('root', admin),
        basic('Admin', admin),
        basic('admin ', admin),
        basic('admin', `${admin}\n`),
        `Basic ${admin}`,
        'Basic %%%',
        `Digest username="admin", response="${admin}"`,
      ];
      for (const authorization of wrong) {
        const answer = await knock(route, 'private', authorization);
        assert.equal(answer.status, 401, `${authorization}: ${answer.status} ${answer.body}`);
        assert.doesNotMatch(answer.body, /reached/);
      }
    });

    test('the token is taken from its header and from nowhere else', async () => {
      const at = address(route, 'private');
      const headers = {
        Cookie: `token=${gateway.token}; Authorization=Bearer ${gateway.token}`,
        'X-Api-Key': gateway.token,
        'Proxy-Authorization': `Bearer ${gateway.token}`,
        'X-Forwarded-User': 'admin',
      };
      const url = `${at}${at.includes('?') ? '&' : '?'}token=${gateway.token}&access_token=${gateway.token}`;
      assert.equal((await ask(gateway.url, usual(route), url, headers)).status, 401);
    });

    test('admin gets in, as bearer and as the user admin', async () => {
      for (const authorization of [
        `Bearer ${gateway.token}`,
        `bearer ${gateway.token}`,
        basic('admin', gateway.token),
      ]) {
        const answer = await knock(route, 'other-none', authorization);
        assert.ok(open(answer.status), `${authorization}: ${answer.status} ${answer.body}`);
      }
    });

    test('each scope alone opens what needs it and nothing else', async () => {
      for (const scope of scopes) {
        const answer = await knock(route, 'private-none', `Bearer ${byScope.get(scope)}`);
        // What does not exist is told to nobody but those who may call it: see the next test.
        const may = scope === route.access || scope === 'admin';
        if (route.access === 'invoke') continue;
        assert.equal(open(answer.status), may, `${scope}: ${answer.status} ${answer.body}`);
        if (!may) assert.equal(answer.status, 403);
      }
    });

    test('a token for other functions gets in there, and not here', async () => {
      for (const scope of scopes) {
        const authorization = `Bearer ${byScopeForOthers.get(scope)}`;
        const here = await knock(route, 'private', authorization);
        const there = await knock(route, 'other-none', authorization);
        if (route.access === 'admin' || forAll.includes(name)) {
          assert.deepEqual(
            [here.status, there.status],
            [403, 403],
            `${scope}: what concerns all needs a token for all`,
          );
          continue;
        }
        const may = scope === route.access || scope === 'admin';
        const one = aboutOne.includes(name);
        if (route.access !== 'invoke')
          assert.equal(open(there.status), may, `${scope}, there: ${there.status}`);
        assert.equal(open(here.status), may && !one, `${scope}, here: ${here.status} ${here.body}`);
      }
    });
  });
}

test('a private function by every method: only with a token that may invoke it', async () => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    for (const path of ['/function/private', '/function/private/a', '/function/private.openfaas-fn']) {
      const by = async (authorization?: string) =>
        (
          await ask(
            gateway.url,
            method,
            path,
            authorization === undefined ? {} : { Authorization: authorization },
          )
        ).status;
      assert.equal(await by(), 401);
      assert.equal(await by(`Bearer ${byScope.get('deploy')}`), 403);
      assert.equal(await by(`Bearer ${byScope.get('read')}`), 403);
      assert.equal(await by(`Bearer ${byScopeForOthers.get('invoke')}`), 403);
      assert.equal(await by(`Bearer ${byScope.get('invoke')}`), 200);
      assert.equal(await by(`Bearer ${byScope.get('admin')}`), 200);
    }
  }
});

test('lists show a token only what it is for', async () => {
  const bearer = { Authorization: `Bearer ${byScopeForOthers.get('read')}` };
  const everything = { Authorization: `Bearer ${byScope.get('read')}` };
  for (const path of ['/system/functions', '/system/instances', '/system/calls?limit=100']) {
    assert.match(
      (await ask(gateway.url, 'GET', path, everything)).body,
      /"private"/,
      'there is something to hide',
    );
    const answer = await ask(gateway.url, 'GET', path, bearer);
    assert.equal(answer.status, 200);
    assert.doesNotMatch(answer.body, /private/);
  }
});

test('a token cannot make one that may more, nor give itself more', async () => {
  for (const scope of scopes.filter((one) => one !== 'admin')) {
    const bearer = { Authorization: `Bearer ${byScope.get(scope)}` };
    for (const [method, path] of [
      ['POST', '/system/tokens'],
      ['POST', `/system/tokens/only-${scope}/rotate`],
      ['POST', '/system/tokens/admin/rotate'],
      ['DELETE', '/system/tokens/only-read'],
    ] as const) {
      const answer = await ask(gateway.url, method, path, bearer, '{"name":"more","scopes":["admin"]}');
      assert.equal(answer.status, 403, `${scope} ${method} ${path}`);
    }
  }
  const host = await gateway.system(
    'POST',
    '/system/functions',
    {
      service: 'f',
      image: `wherry.local/f@sha256:${'0'.repeat(64)}`,
      annotations: { 'com.wherry.network': 'host' },
    },
    { authorization: `Bearer ${byScope.get('deploy')}` },
  );
  assert.equal(host.status, 403);
  assert.match(await host.text(), /grant_refused/);
});

test('a token that is rotated or revoked ends with the answer that says so, also where it was just used', async () => {
  const before = await token('turned', { scopes: ['read'] });
  const use = async (text: string) =>
    (await ask(gateway.url, 'GET', '/system/info', { Authorization: `Bearer ${text}` })).status;
  assert.equal(await use(before), 200);
  const rotated = await gateway.system('POST', '/system/tokens/turned/rotate');
  const after = ((await rotated.json()) as { token: string }).token;
  assert.deepEqual([await use(before), await use(after)], [401, 200]);
  assert.equal((await gateway.system('DELETE', '/system/tokens/turned')).status, 202);
  assert.equal(await use(after), 401);
});

/** The ways to spell a path that some program somewhere takes for the same. */
function spellings(path: string): readonly string[] {
  const [, first = '', ...rest] = path.split('/');
  const tail = rest.join('/');
  const escaped = (text: string): string =>
    [...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  return [
    `/${path}`,
    `//${first}//${tail}`,
    `/${first}//${tail}`,
    `/./${first}/${tail}`,
    `/${first}/./${tail}`,
    `/x/../${first}/${tail}`,
    `/${first}/x/../${tail}`,
    `/healthz/../${first}/${tail}`,
    `/healthz/..%2f${first}/${tail}`,
    `/healthz/%2e%2e/${first}/${tail}`,
    `/healthz/%2e%2e%2f${first}%2f${tail}`,
    `/healthz;/../${first}/${tail}`,
    `/healthz%00/../${first}/${tail}`,
    `/healthz?/../${first}/${tail}`,
    `/ui/../${first}/${tail}`,
    `/ui/..;/${first}/${tail}`,
    `/ui//${first}/${tail}`,
    `/function/../${first}/${tail}`,
    `/function/%2e%2e/${first}/${tail}`,
    `/function/x/../../${first}/${tail}`,
    `${path}/`,
    `${path}//`,
    `${path}/.`,
    `${path}/..`,
    `${path}/x/..`,
    `${path};`,
    `${path};a=b`,
    `/${first};a=b/${tail}`,
    `${path}%20`,
    `${path}%00`,
    `${path}%0a`,
    `${path}.json`,
    `${path}#`,
    `${path}%23`,
    `${path}%3f`,
    `${path}?`,
    `${path}??`,
    `${path}?x=/healthz`,
    `${path}%2f`,
    `/${first}%2f${tail}`,
    `/${first}%252f${tail}`,
    `/${first}\\${tail}`,
    `/${first}%5c${tail}`,
    `\\${first}\\${tail}`,
    path.toUpperCase(),
    `/${first.toUpperCase()}/${tail}`,
    `/${first[0]?.toUpperCase()}${first.slice(1)}/${tail}`,
    `/${escaped(first)}/${tail}`,
    `/${first}/${escaped(tail)}`,
    escaped(path),
    `/${escaped(escaped(first))}/${tail}`,
    `/%c0%af${first}/${tail}`,
    `/${first}%c0%af${tail}`,
    `/\xef\xbc\x8f${first}/${tail}`,
    `/${first}\t/${tail}`,
    `http://127.0.0.1${path}`,
    `http://localhost${path}`,
    `${gateway.url}${path}`,
    `https://127.0.0.1${path}`,
    `http://evil.example${path}`,
    `file://${path}`,
    `127.0.0.1${path}`,
    `//127.0.0.1${path}`,
    `*${path}`,
  ];
}

for (const [, route] of all.filter(([, { access }]) => access !== 'public')) {
  test(`${route.method} ${route.path} in ${spellings('/a/b').length} spellings: the door and the room agree`, async () => {
    const target = 'private';
    const path = address(route, target).split('?')[0] as string;
    const authorization = `Bearer ${gateway.token}`;
    const spelled = spellings(path);
    // Deleting and rotating would change what the next spelling finds: without credentials they are tried all the same.
    const harmless = route.method === 'GET' || route.method === 'ANY';
    for (const spelling of spelled) {
      const without = await send(route, spelling, undefined);
      assert.ok(
        without === undefined ||
          [301, 308, 400, 401, 404, 405, 421].includes(without.status) ||
          isPublic(spelling),
        `${spelling}: ${without?.status} ${without?.body}`,
      );
      if (without !== undefined) assert.doesNotMatch(without.body, /reached|"private"/, spelling);
      if (!harmless) continue;
      const served = await send(route, spelling, authorization);
      // Led to the clean path, nobody has been served anything yet.
      const led = served?.status === 301 || served?.status === 308;
      if (led) assert.equal(served?.body, '', spelling);
      else if (served !== undefined && served.status < 400 && !isPublic(spelling))
        assert.equal(
          without?.status,
          401,
          `${spelling} is served to admin, and so must be refused to nobody`,
        );
    }
    assert.equal((await knock(route, target, undefined)).status, 401, 'control');
  });
}

/** What comes before the question mark is all that is looked at, and it is a public page here. */
const isPublic = (spelling: string): boolean =>
  ['/healthz', '/readyz', '/ui/', '/'].includes(spelling.split('?')[0] ?? '');

async function send(
  route: Route,
  target: string,
  authorization: string | undefined,
): Promise<Answer | undefined> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return ask(gateway.url, usual(route), target, headers, bodyFor(route, 'private')).catch(() => undefined);
}
