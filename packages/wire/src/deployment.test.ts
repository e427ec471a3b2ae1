import assert from 'node:assert/strict';
import test from 'node:test';
import type { ErrorCode, WherryError } from '@wherry/core/errors';
import { decodeDeployment, encodeDeployment } from './deployment.ts';
import { encodeFunctionStatus } from './function-status.ts';
import { parseJson } from './json.ts';
import { functionDeployment } from './schemas.ts';

const decode = (body: unknown) => decodeDeployment(parseJson(JSON.stringify(body)));
const least = { service: 'echo', image: 'docker.io/library/echo:1' };

const refused: readonly [string, unknown, ErrorCode, RegExp][] = [
  ['a list', [], 'bad_json', /the body: a JSON object/],
  ['no service', { image: 'x' }, 'bad_value', /service: .*missing/],
  ['a bad service', { ...least, service: 'Echo_1' }, 'bad_name', /"Echo_1"/],
  ['no image', { service: 'echo' }, 'bad_value', /image: missing/],
  ['an image with a blank', { ...least, image: 'a b' }, 'bad_value', /image: .*blank/],
  ['an image that is a number', { ...least, image: 1 }, 'bad_json', /image: a string is expected, not 1/],
  ['a namespace that is none', { ...least, namespace: '../x' }, 'bad_name', /namespace/],
  ['a label that is a number', { ...least, labels: { a: 1 } }, 'bad_json', /labels\["a"\]: a string/],
  ['labels as a list', { ...least, labels: ['a'] }, 'bad_json', /labels: an object of strings/],
  [
    'a flag as text',
    { ...least, readOnlyRootFilesystem: 'true' },
    'bad_json',
    /readOnlyRootFilesystem: a boolean/,
  ],
  [
    '"=" in a variable',
    { ...least, envVars: { 'A=B': 'x' } },
    'bad_value',
    /envVars: the name "A=B" contains "="/,
  ],
  ['NUL in a variable', { ...least, envVars: { A: 'x\0' } }, 'bad_value', /envVars\["A"\]: contains a NUL/],
  ['NUL in a name', { ...least, envVars: { 'A\0': 'x' } }, 'bad_value', /NUL/],
  ['an empty name', { ...least, envVars: { '': 'x' } }, 'bad_value', /empty/],
  ['half a surrogate', { ...least, envVars: { A: '\ud800' } }, 'bad_value', /surrogate/],
  [
    'a huge value',
    { ...least, envVars: { A: 'ä'.repeat(40_000) } },
    'bad_value',
    /envVars\["A"\]: longer than 65536/,
  ],
  ['a huge name', { ...least, labels: { ['k'.repeat(600)]: '' } }, 'bad_value', /longer than 512/],
  [
    'too many keys',
    { ...least, labels: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`k${i}`, ''])) },
    'bad_value',
    /1000 keys/,
  ],
  ['a secret as a path', { ...least, secrets: ['../admin.token'] }, 'bad_name', /secret/],
  ['limits as text', { ...least, limits: '128Mi' }, 'bad_json', /limits: an object of strings/],
  ['a limit as a number', { ...least, limits: { memory: 128 } }, 'bad_json', /limits.*memory.*: a string/],
];

for (const [what, body, code, message] of refused) {
  test(`refuses ${what}`, () => {
    assert.throws(
      () => decode(body),
      (error: WherryError) => error.code === code && message.test(error.message),
    );
  });
}

test('takes what OpenFaaS clients send: nulls, empty values, unknown and deprecated fields', () => {
  const spec = decode({
    ...least,
    namespace: '',
    envProcess: '',
    envVars: {},
    labels: null,
    annotations: null,
    secrets: [],
    constraints: null,
    limits: {},
    requests: null,
    registryAuth: 'x',
    network: 'func_functions',
    someday: { a: [1] },
    readOnlyRootFilesystem: false,
  });
  assert.deepEqual(spec, { namespace: 'openfaas-fn', name: 'echo', image: 'docker.io/library/echo:1' });
});

test('keeps every value byte for byte, and what is read back is the same', () => {
  const body = {
    service: 'echo',
    image: 'docker.io/x/echo@sha256:0',
    namespace: 'team-a',
    envProcess: 'python3 "index.py" ',
    envVars: { EMPTY: '', PATH: '/x', LD_PRELOAD: 'mine.so', ' blank ': ' kept \n', __proto__x: '1' },
    labels: { 'com.openfaas.scale.min': '02' },
    annotations: { json: '{"a": 1 }' },
    secrets: ['one'],
    constraints: ['node=a'],
    limits: { memory: '5Mi', cpu: '100m' },
    requests: { memory: '1.50Gi' },
    readOnlyRootFilesystem: true,
  };
  const spec = decode(body);
  assert.deepEqual(JSON.parse(JSON.stringify(encodeDeployment(spec))), body);
});

test('"__proto__" is a key like any other, all the way', () => {
  const body =
    '{"service":"a","image":"b","labels":{"__proto__":"x","constructor":"y"},"__proto__":{"namespace":"evil"}}';
  const spec = decodeDeployment(parseJson(body));
  assert.equal(spec.namespace, 'openfaas-fn');
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
  const record = { ...spec, revision: 1, createdAt: 0, active: { spec, version: 1, createdAt: 0 } };
  const status = JSON.stringify(encodeFunctionStatus({ record, replicas: 0, availableReplicas: 0 }));
  assert.match(status, /"labels":\{"__proto__":"x","constructor":"y","faas_function":"a"\}/);
});

test('a status has the fields that clients take for granted, and none that are empty', () => {
  const spec = decode(least);
  const record = { ...spec, revision: 1, createdAt: 1e12, active: { spec, version: 1, createdAt: 2e12 } };
  const status = encodeFunctionStatus({ record, replicas: 0, availableReplicas: 0, invocationCount: 0 });
  assert.deepEqual(JSON.parse(JSON.stringify(status)), {
    name: 'echo',
    namespace: 'openfaas-fn',
    image: 'docker.io/library/echo:1',
    labels: { faas_function: 'echo' },
    annotations: {},
    invocationCount: 0,
    replicas: 0,
    wherryVersion: 1,
    wherryDeployedAt: '2033-05-18T03:33:20Z',
    availableReplicas: 0,
    createdAt: '2001-09-09T01:46:40Z',
  });
});

test('the schema for documents takes and refuses what the decoder does', () => {
  // Sizes and half characters are beyond what a document says.
  const sizes = /surrogate|huge|NUL in a name/;
  for (const [what, body] of refused) {
    if (!sizes.test(what)) assert.equal(functionDeployment.safeParse(body).success, false, what);
  }
  assert.equal(
    functionDeployment.safeParse({ ...least, labels: null, namespace: '', someday: 1 }).success,
    true,
  );
});
