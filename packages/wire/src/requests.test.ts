import assert from 'node:assert/strict';
import test from 'node:test';
import type { ErrorCode, WherryError } from '@wherry/core/errors';
import { decodeCallQuery } from './calls.ts';
import { decodeExitQuery } from './ended-instances.ts';
import { decodeQueueQuery } from './queue-queries.ts';
import { decodeDelete, decodeScale } from './function-requests.ts';
import { encodeInfo } from './info.ts';
import { parseJson } from './json.ts';
import { decodeLogQuery, encodeLogLine } from './logs.ts';
import { lenientBoolean } from './queries.ts';
import { pathOf, routes } from './routes.ts';
import { requestBodies } from './schemas.ts';
import { parseRfc3339, rfc3339 } from './times.ts';
import { decodeTokenRequest } from './tokens.ts';

const query = (text: string) => new URLSearchParams(text);
const fails = (code: ErrorCode, run: () => unknown) =>
  assert.throws(run, (error: WherryError) => error.code === code);

test('JSON is refused when it is empty, garbled, not UTF-8 or too deep', () => {
  fails('bad_json', () => parseJson(''));
  fails('bad_json', () => parseJson('{"a":'));
  fails('bad_json', () => parseJson(Uint8Array.of(0x22, 0xff, 0x22)));
  fails('bad_json', () => parseJson('['.repeat(500_000)));
  assert.deepEqual(parseJson('{"a":"[[[[\\"[[["}'), { a: '[[[["[[[' });
  assert.deepEqual(
    parseJson(`${'['.repeat(32)}${']'.repeat(32)}`),
    JSON.parse(`${'['.repeat(32)}${']'.repeat(32)}`),
  );
});

test('the namespace of a delete stands in the body or in the query', () => {
  assert.deepEqual(decodeDelete({ functionName: 'a' }, query('')), { name: 'a', namespace: 'openfaas-fn' });
  assert.deepEqual(decodeDelete({ functionName: 'a' }, query('namespace=q')), { name: 'a', namespace: 'q' });
  assert.deepEqual(decodeDelete({ functionName: 'a', namespace: 'b' }, query('namespace=q')), {
    name: 'a',
    namespace: 'b',
  });
  fails('bad_value', () => decodeDelete({ functionName: '' }, query('')));
  fails('bad_json', () => decodeDelete([], query('')));
});

test('a scale request is about the function in its path', () => {
  assert.deepEqual(decodeScale('a', { replicas: 3 }, query('')), {
    target: { name: 'a', namespace: 'openfaas-fn' },
    replicas: 3,
  });
  assert.deepEqual(decodeScale('a', { serviceName: 'b', replicas: 0, namespace: 'n' }, query('')).target, {
    name: 'a',
    namespace: 'n',
  });
  fails('bad_value', () => decodeScale('a', {}, query('')));
  fails('bad_value', () => decodeScale('a', { replicas: 1.5 }, query('')));
  fails('bad_json', () => decodeScale('a', { replicas: '1' }, query('')));
  fails('function_unknown', () => decodeScale('A_', { replicas: 1 }, query('')));
});

test('booleans are as lenient as Go', () => {
  assert.deepEqual(['1', 't', 'TRUE', 'True'].map(lenientBoolean), [true, true, true, true]);
  assert.deepEqual(['0', 'f', 'FALSE', 'false'].map(lenientBoolean), [false, false, false, false]);
  assert.deepEqual(['yes', '', 'tRUE', undefined].map(lenientBoolean), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a log query is read as the OpenFaaS provider reads it', () => {
  assert.deepEqual(decodeLogQuery(query('name=a&tail=-1&follow=x')), {
    target: { name: 'a', namespace: 'openfaas-fn' },
    follow: false,
    detail: false,
    filter: {},
  });
  assert.deepEqual(
    decodeLogQuery(query('name=a&name=b.n&tail=5&follow=1&instance=i&since=2026-01-31T12:00:00%2B01:00')),
    {
      target: { name: 'b', namespace: 'n' },
      follow: true,
      detail: false,
      tail: 5,
      filter: { instance: 'i', since: Date.UTC(2026, 0, 31, 11) },
    },
  );
  for (const bad of [
    '',
    'name=a&tail=x',
    'name=a&tail=1.5',
    'name=a&since=yesterday',
    'name=a&since=2026-02-30T00:00:00Z',
    'name=a&level=loud',
    'name=a&version=one',
    `name=a&text=${'x'.repeat(1_001)}`,
  ]) {
    fails('bad_query', () => decodeLogQuery(query(bad)));
  }
});

test('a log line is one line whatever it holds', () => {
  const line = encodeLogLine({
    deployment: { name: 'a', namespace: 'n', version: 1 },
    instance: 'i',
    at: Date.UTC(2026, 0, 1) + 0.25,
    stream: 'stdout',
    text: 'a\nb\u2028',
  });
  assert.equal(
    line,
    '{"name":"a","namespace":"n","instance":"i","timestamp":"2026-01-01T00:00:00.00025Z","text":"a\\nb\u2028"}\n',
  );
});

test('times survive the way there and back', () => {
  for (const ms of [0, 1, 1e12, 1_764_000_000_123.25]) assert.equal(parseRfc3339(rfc3339(ms)), ms);
  assert.equal(rfc3339(1e12), '2001-09-09T01:46:40Z');
  assert.equal(parseRfc3339('2001-09-09'), undefined);
});

test('calls are asked for with bounds', () => {
  assert.deepEqual(decodeCallQuery(query('')), { limit: 50 });
  assert.deepEqual(decodeCallQuery(query('function=a&id=x&limit=1&since=1970-01-01T00:00:01Z')), {
    limit: 1,
    target: { name: 'a', namespace: 'openfaas-fn' },
    id: 'x',
    since: 1000,
  });
  assert.deepEqual(decodeCallQuery(query('failed=1&cold=true&namespace=team-a')), {
    ...{ limit: 50, failed: true, cold: true, namespace: 'team-a' },
  });
  assert.deepEqual(decodeCallQuery(query('failed=0&cold=false')), { limit: 50 });
  for (const text of ['failed=yes', 'namespace=a..b']) fails('bad_query', () => decodeCallQuery(query(text)));
  fails('bad_query', () => decodeCallQuery(query('limit=0')));
  fails('bad_query', () => decodeCallQuery(query('limit=5000')));
});

test('ended instances and queued calls are asked for by a namespace, where no function is meant', () => {
  assert.deepEqual(decodeExitQuery(query('namespace=team-a&failed=1')), {
    ...{ limit: 50, namespace: 'team-a', failed: true },
  });
  assert.deepEqual(decodeQueueQuery(query('namespace=team-a&lane=channel%20ops&state=dead')), {
    ...{ limit: 50, namespace: 'team-a', lane: 'channel ops', state: 'dead' },
  });
  const target = { name: 'a', namespace: 'team-a' };
  assert.deepEqual(decodeExitQuery(query('function=a&namespace=team-a&failed=0')), { limit: 50, target });
  assert.deepEqual(decodeQueueQuery(query('function=a&namespace=team-a')), { limit: 50, of: target });
  fails('bad_query', () => decodeExitQuery(query('failed=yes')));
  for (const decode of [decodeExitQuery, decodeQueueQuery])
    fails('bad_query', () => decode(query('namespace=a..b')));
});

test('a token needs scopes that exist', () => {
  assert.deepEqual(decodeTokenRequest({ name: 'ci', scopes: ['deploy', 'read'], expiresInSeconds: 60 }), {
    name: 'ci',
    scopes: ['read', 'deploy'],
    functions: '*',
    expiresInSeconds: 60,
  });
  fails('bad_value', () => decodeTokenRequest({ name: 'ci' }));
  fails('bad_value', () => decodeTokenRequest({ name: 'ci', scopes: ['root'] }));
  fails('bad_value', () => decodeTokenRequest({ name: 'ci', scopes: ['read'], functions: 'a b' }));
  fails('bad_value', () => decodeTokenRequest({ name: 'ci', scopes: ['read'], expiresInSeconds: 0 }));
  fails('bad_name', () => decodeTokenRequest({ scopes: ['read'] }));
});

test('nothing in the info answer is empty', () => {
  const info = encodeInfo({ orchestration: '', release: '', sha: '', arch: 'x64' });
  assert.equal(info.arch, 'x86_64');
  assert.ok(Object.values(info.provider.version).every((text) => text !== ''));
});

test('paths are filled with one escaped segment each', () => {
  assert.equal(pathOf('rotateToken', { name: 'a/../b' }), '/system/tokens/a%2F..%2Fb/rotate');
  assert.equal(pathOf('info'), '/system/info');
});

test('every body schema belongs to a route, and only what is on this list is public', () => {
  assert.ok(Object.keys(requestBodies).every((name) => name in routes));
  const open = Object.values(routes).filter((route) => route.access === 'public');
  assert.deepEqual(
    open.map((route) => route.path),
    [
      ...['/', '/ui/', '/openapi.json', '/api/', '/healthz', '/readyz', '/build', '/publickey'],
      '/system/dashboard/sign-in',
      '/export/{token}/{file}',
    ],
  );
});
