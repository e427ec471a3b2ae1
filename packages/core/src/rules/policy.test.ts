import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionSpec } from '../function.ts';
import { networkGrant } from './network-grant.ts';
import { builtInDefaults, policyOf } from './policy.ts';
import { usualRetries } from './retries.ts';

const mebibyte = 2 ** 20;
const spec = (more: Partial<FunctionSpec> = {}): FunctionSpec => ({
  namespace: 'openfaas-fn',
  name: 'hello',
  image: 'x',
  ...more,
});
const labelled = (labels: Record<string, string>) => policyOf(spec({ labels }));
const annotated = (annotations: Record<string, string>) => policyOf(spec({ annotations }));

test('a function that says nothing gets the documented defaults', () => {
  assert.deepEqual(policyOf(spec()), {
    deadlineMs: 60_000,
    memoryBytes: 256 * mebibyte,
    reservedBytes: 64 * mebibyte,
    processes: 128,
    scratchBytes: 64 * mebibyte,
    topics: [],
    idleMs: 300_000,
    min: 0,
    least: 1,
    max: 20,
    scaleFactor: 20,
    scaling: { type: 'capacity', downWindowMs: 30_000 },
    network: networkGrant('x', 'none'),
    visibility: 'default',
    routes: [],
    retries: usualRetries,
    capture: 'none',
  });
});

test('the operator’s defaults hold for functions that say nothing, and only for them', () => {
  const defaults = { deadlineMs: 5_000, idleMs: 1_000, network: networkGrant('x', 'host') } as const;
  const plain = policyOf(spec(), defaults);
  assert.deepEqual([plain.deadlineMs, plain.idleMs, plain.network.text], [5_000, 1_000, 'host']);
  const annotations = { 'com.wherry.timeout': '7s', 'com.wherry.idle': '2s', 'com.wherry.network': 'none' };
  const own = policyOf(spec({ annotations }), defaults);
  assert.deepEqual([own.deadlineMs, own.idleMs, own.network.text], [7_000, 2_000, 'none']);
  assert.equal(builtInDefaults.network.text, 'none');
});

test('every setting of ours is read from an annotation, or from a label where there is no annotation', () => {
  const said = {
    'com.wherry.timeout': '1m30s',
    'com.wherry.processes': '200',
    'com.wherry.scratch': '10Mi',
    'com.wherry.concurrency': '3',
    'com.wherry.idle': '10s',
    'com.wherry.network': 'host',
    'com.wherry.visibility': 'public',
    'com.wherry.queue.concurrency': '4',
    'com.wherry.capture': 'failures',
  };
  const meant = {
    deadlineMs: 90_000,
    memoryBytes: 256 * mebibyte,
    reservedBytes: 64 * mebibyte,
    processes: 200,
    scratchBytes: 10 * mebibyte,
    topics: [],
    concurrency: 3,
    idleMs: 10_000,
    min: 0,
    least: 1,
    max: 20,
    scaleFactor: 20,
    scaling: { type: 'capacity', downWindowMs: 30_000 },
    network: networkGrant('x', 'host'),
    visibility: 'public',
    routes: [],
    retries: usualRetries,
    capture: 'failures',
    queueConcurrency: 4,
  };
  assert.deepEqual(annotated(said), meant);
  assert.deepEqual(labelled(said), meant);
  const both = policyOf(
    spec({ annotations: { 'com.wherry.timeout': '1s' }, labels: { 'com.wherry.timeout': '2s' } }),
  );
  assert.equal(both.deadlineMs, 1_000);
});

test('OpenFaaS’s scaling labels keep their meaning', () => {
  assert.equal(labelled({ 'com.openfaas.scale.max': '7' }).max, 7);
  assert.equal(labelled({ 'com.openfaas.scale.zero-duration': '15m' }).idleMs, 900_000);
  assert.equal(
    annotated({ 'com.openfaas.scale.max': '7' }).max,
    20,
    'annotations of OpenFaaS mean nothing here',
  );
  const idle = policyOf(
    spec({ labels: { 'com.openfaas.scale.zero-duration': '1m' }, annotations: { 'com.wherry.idle': '1s' } }),
  );
  assert.equal(idle.idleMs, 60_000, 'OpenFaaS’s own label goes first');
});

test('a function is kept awake by a minimum above 0 or by scale.zero: false, and only by these', () => {
  const min = (labels: Record<string, string>) => labelled(labels).min;
  assert.equal(min({}), 0);
  assert.equal(min({ 'com.openfaas.scale.min': '0' }), 0);
  assert.equal(min({ 'com.openfaas.scale.min': '3' }), 3);
  assert.equal(min({ 'com.openfaas.scale.zero': 'false' }), 1);
  assert.equal(min({ 'com.openfaas.scale.zero': 'false', 'com.openfaas.scale.min': '3' }), 3);
  assert.equal(min({ 'com.openfaas.scale.zero': 'false', 'com.openfaas.scale.min': '0' }), 1);
  assert.equal(min({ 'com.openfaas.scale.zero': 'true', 'com.openfaas.scale.min': '3' }), 0);
  assert.equal(min({ 'com.openfaas.scale.min': '30' }), 20, 'never above the maximum');
  assert.equal(min({ 'com.openfaas.scale.min': '5', 'com.openfaas.scale.max': '2' }), 2);
});

test('memory and processors come from the limits; what counts in the budget is the request, never above the limit', () => {
  const of = (limits: FunctionSpec['limits'], requests?: FunctionSpec['requests']) =>
    policyOf(spec({ ...(limits && { limits }), ...(requests && { requests }) }));
  assert.equal(of({ memory: '128Mi' }).memoryBytes, 128 * mebibyte);
  assert.equal(of({ cpu: '250m' }).cpus, 0.25);
  assert.equal('cpus' in of({}), false, 'no limit is no property');
  assert.equal(of({ memory: '32Mi' }).reservedBytes, 32 * mebibyte);
  assert.equal(of({ memory: '1Gi' }, { memory: '512Mi' }).reservedBytes, 512 * mebibyte);
  assert.equal(of({ memory: '128Mi' }, { memory: '1Gi' }).reservedBytes, 128 * mebibyte);
});

/** What can be set, with values that must be refused. */
const wrong: readonly (readonly [
  field: string,
  values: readonly string[],
  make: (value: string) => Partial<FunctionSpec>,
])[] = [
  ...(
    [
      ['com.wherry.timeout', ['', '0', '0s', '25h', '-1s', 'soon', '__proto__']],
      ['com.wherry.idle', ['', '0', '99ms', '25h', 'never']],
      ['com.wherry.processes', ['', '7', '4097', '-1', '1.5', 'many']],
      ['com.wherry.scratch', ['', '0', '1023Ki', '-1Mi', 'much', '1025Ti']],
      ['com.wherry.concurrency', ['', '0', '10001', '-1', 'all']],
      [
        'com.wherry.network',
        ['', 'HOST', 'none,host', 'internet,none', 'internet:0', 'db:65536', '127.0.0.1:5432'],
      ],
      ['com.wherry.visibility', ['', 'Public', 'default', 'hidden']],
    ] as const
  ).map(([key, values]) => [key, values, (value: string) => ({ annotations: { [key]: value } })] as const),
  ...(
    [
      ['com.openfaas.scale.min', ['', '-1', '1001', 'one']],
      ['com.openfaas.scale.max', ['', '0', '-1', '1001']],
      ['com.openfaas.scale.zero', ['', 'no', 'TRUE']],
      ['com.openfaas.scale.zero-duration', ['', '0', '99ms', '25h', 'never']],
    ] as const
  ).map(([key, values]) => [key, values, (value: string) => ({ labels: { [key]: value } })] as const),
  [
    'limits.memory',
    ['', '0', '-1Mi', 'lots', '1025Ti', '999999999999Ti'],
    (memory) => ({ limits: { memory } }),
  ],
  ['limits.cpu', ['', '0', '9m', '1025', 'all'], (cpu) => ({ limits: { cpu } })],
  ['requests.memory', ['', '-1Mi', 'lots'], (memory) => ({ requests: { memory } })],
];

for (const [field, values, make] of wrong)
  test(`a bad ${field} is refused by that name`, () => {
    for (const value of values)
      assert.throws(
        () => policyOf(spec(make(value))),
        (error: { code?: string; message: string }) =>
          error.code === 'bad_value' && error.message.startsWith(`${field}: `),
        JSON.stringify(value),
      );
  });

test('settings that are not ours, and names that every object has, change nothing', () => {
  const odd = {
    constructor: 'x',
    toString: 'y',
    'com.wherry.unknown': 'z',
    timeout: '1s',
    ['__proto__']: 'q',
  };
  assert.deepEqual(policyOf(spec({ labels: odd, annotations: odd })), policyOf(spec()));
});

test('OpenFaaS’s retries are read, and what cannot be meant is refused by its name', () => {
  const { retries } = annotated({
    'com.openfaas.retry.attempts': '3',
    'com.openfaas.retry.codes': '429, 503',
    'com.openfaas.retry.min_wait': '500ms',
    'com.openfaas.retry.max_wait': '1m',
    'com.wherry.queue.max-age': '24h',
  });
  assert.deepEqual(retries, {
    ...{ attempts: 3, codes: new Set([429, 503]), minWaitMs: 500, maxWaitMs: 60_000, maxAgeMs: 86_400_000 },
  });
  assert.equal(annotated({ 'com.openfaas.retry.min_wait': '10m' }).retries.maxWaitMs, 600_000);
  for (const [key, value] of [
    ['com.openfaas.retry.attempts', '0'],
    ['com.openfaas.retry.codes', '200'],
    ['com.openfaas.retry.codes', ''],
    ['com.openfaas.retry.min_wait', '1ms'],
    ['com.openfaas.retry.max_wait', '1s'],
    ['com.wherry.queue.max-age', '-1'],
    ['com.wherry.queue.concurrency', '0'],
  ])
    assert.throws(
      () => annotated({ [key as string]: value as string }),
      (error: Error) => error.message.includes(key as string),
      key,
    );
});
