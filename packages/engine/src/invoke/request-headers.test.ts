import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Call, type CallInput } from './call.ts';
import { identify } from './identify.ts';
import { forwardedHeaders } from './request-headers.ts';

function forwarded(
  headers: readonly string[],
  more: Partial<CallInput> = {},
  ownCredentials = false,
): string[] {
  const input: CallInput = {
    trigger: 'http',
    target: 'f',
    method: 'GET',
    path: '/',
    headers,
    body: new Uint8Array(0),
    alias: undefined,
    authorization: undefined,
    from: { address: '192.0.2.7', host: 'shop.example', scheme: 'https' },
    ...more,
  };
  const call = new Call(input, {} as never);
  Object.assign(call, { id: 'our-id', startTime: '1700000000123500000', ownCredentials });
  return [...forwardedHeaders(call)];
}

const ours = [
  'X-Call-Id',
  'our-id',
  'X-Start-Time',
  '1700000000123500000',
  'X-Forwarded-For',
  '192.0.2.7',
  'X-Forwarded-Host',
  'shop.example',
  'X-Forwarded-Proto',
  'https',
];

test('what the caller sent goes on unchanged, in order, repeated where repeated, and ours is added', () => {
  const sent = ['Host', 'shop.example', 'Accept', '*/*', 'X-A', '1', 'x-a', '2', 'Cookie', 'a=b', 'X-É', 'é'];
  assert.deepEqual(forwarded(sent), [...sent, ...ours]);
});

test('what belongs to the connection stays here, however it is spelled', () => {
  const names = [
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'Transfer-Encoding',
    'TE',
    'Trailer',
    'Upgrade',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'Expect',
  ];
  for (const name of names)
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()])
      assert.deepEqual(forwarded(['A', '1', spelled, 'x', 'B', '2']), ['A', '1', 'B', '2', ...ours], spelled);
});

test('headers of the same length go on', () => {
  const names = [
    'ab',
    'Origin',
    'Pragma1',
    'X-Call-Ie',
    'Connectiom',
    'X-Start-Timf',
    'Authorizatiom',
    'X-Forwardee-For',
    'X-Forwardee-Host',
    'X-Forwardee-Proto',
    'Transfer-Encodinh',
  ];
  for (const name of names) assert.deepEqual(forwarded([name, 'x']), [name, 'x', ...ours], name);
});

test('headers that Connection lists stay here too, wherever they stand', () => {
  assert.deepEqual(
    forwarded([
      'X-Hop',
      '1',
      'Connection',
      'keep-alive, X-HOP ,x-other',
      'x-hop',
      '2',
      'X-Other',
      '3',
      'X-Stays',
      '4',
    ]),
    ['X-Stays', '4', ...ours],
  );
  assert.deepEqual(
    forwarded(['Connection', 'x-a', 'Connection', 'x-b', 'X-A', '1', 'X-B', '2', 'X-C', '3']),
    ['X-C', '3', ...ours],
  );
  assert.deepEqual(
    forwarded(['Connection', 'close', 'Close', '1']),
    ['Close', '1', ...ours],
    'an everyday value names no header',
  );
});

test('a value that looks like a listed name is not taken for one', () => {
  assert.deepEqual(forwarded(['Connection', 'x-a', 'X-B', 'x-a', 'X-A', 'y']), ['X-B', 'x-a', ...ours]);
});

test('Connection cannot take away what we say', () => {
  const hostile = 'x-call-id, x-start-time, x-forwarded-for, x-forwarded-host, x-forwarded-proto';
  assert.deepEqual(forwarded(['Connection', hostile]), ours);
});

test('the platform’s own credentials never reach a function; others do', () => {
  const sent = ['Authorization', 'Bearer t', 'X', '1'];
  assert.deepEqual(forwarded(sent, {}, true), ['X', '1', ...ours]);
  assert.deepEqual(forwarded(['AUTHORIZATION', 'Bearer t'], {}, true), ours);
  assert.deepEqual(
    forwarded(sent, {}, false),
    [...sent, ...ours],
    'the control: it is the function’s own to check',
  );
});

test('nobody can claim to be somebody else’s proxy', () => {
  const forged = [
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Port',
    'X-Forwarded-Prefix',
    'X-Forwarded-Server',
    'X-Forwarded-Scheme',
    'X-Forwarded-Ssl',
    'Forwarded',
    'X-Start-Time',
    'X-Call-Id',
  ];
  for (const name of forged)
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()])
      assert.deepEqual(forwarded([spelled, 'forged', spelled, 'again']), ours, spelled);
});

test('the caller’s own call id is kept as its name for the call', () => {
  assert.deepEqual(forwarded(['X-Call-Id', 'theirs'], { alias: 'theirs' }).slice(0, 2), [
    'X-Call-Id',
    'theirs',
  ]);
});

test('the start time is in nanoseconds with all its digits', async () => {
  for (const [now, said] of [
    [1_700_000_000_000, /^1700000000000000000$/],
    [1_700_000_000_000.5, /^1700000000000500000$/],
    [1_700_000_000_000.001, /^1700000000000000\d{3}$/],
  ] as const) {
    const call = new Call({} as CallInput, {} as never);
    const clock = {
      now: () => now,
      monotonic: () => 0,
      after: () => () => undefined,
      every: () => () => undefined,
    };
    await identify({
      clock,
      tracer: undefined,
      ids: { callId: () => 'id', shortId: () => '', spanId: () => '00f067aa0ba902b7', secret: () => '' },
    })(call, () => Promise.resolve());
    assert.match(call.startTime, said);
  }
});
