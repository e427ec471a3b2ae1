import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capturing, pathWithoutCredentials, withoutCredentials } from './capturing.ts';
import { policyOf } from './policy.ts';

const token = `wherry_${'A'.repeat(43)}`;

test('none, failures or all; anything else is refused, with the field', () => {
  for (const rule of ['none', 'failures', 'all']) assert.equal(capturing('x', rule), rule);
  for (const text of ['', 'ALL', 'yes', 'true', 'errors', 'all,failures'])
    assert.throws(() => capturing('com.wherry.capture', text), /com\.wherry\.capture.*none, failures, all/);
  const spec = { namespace: 'openfaas-fn', name: 'f', image: 'x' };
  assert.equal(policyOf(spec).capture, 'none');
  assert.equal(policyOf({ ...spec, annotations: { 'com.wherry.capture': 'all' } }).capture, 'all');
});

test('headers that hold credentials go, whatever their case, and their names are told', () => {
  const secret = [
    ...['Authorization', 'AUTHORIZATION', 'authorization', 'Proxy-Authorization', 'Cookie', 'Set-Cookie'],
    ...['X-Api-Key', 'x-api_key', 'apikey', 'X-Auth-Token', 'X-CSRF-Token', 'X-Amz-Security-Token'],
    ...['Stripe-Signature', 'X-Hub-Signature-256', 'webhook-signature', 'X-Session-Id', 'X-Vault-Token'],
    ...[
      'X-Access-Key',
      'X-JWT-Assertion',
      'X-Client-Secret',
      'X-Password',
      'Ocp-Apim-Subscription-Key-Token',
    ],
  ];
  const plain = [
    'Content-Type',
    'Accept',
    'User-Agent',
    'X-Author',
    'X-Authority',
    'X-Call-Id',
    'Sec-WebSocket-Key',
  ];
  const { headers, withheld } = withoutCredentials([...secret, ...plain].flatMap((name) => [name, 'value']));
  assert.deepEqual(
    headers,
    plain.flatMap((name) => [name, 'value']),
  );
  assert.deepEqual(withheld, secret);
});

test('a token of ours goes wherever it stands, and an address with a password or a token in it', () => {
  const bad = [
    ...['X-Note', `see ${token}`],
    ...['Referer', 'https://joe:pass@example.com/'],
    ...['Referer', 'https://example.com/?a=1&access_token=x'],
  ];
  const { headers, withheld } = withoutCredentials([...bad, 'Referer', 'https://example.com/?a=1']);
  assert.deepEqual(headers, ['Referer', 'https://example.com/?a=1']);
  assert.deepEqual(withheld, ['X-Note', 'Referer']);
});

test('a query keeps every byte but the values of what holds credentials', () => {
  const same = [
    '/',
    '/a%20b/c',
    '/?',
    '/?a=1&b=%zz&&c',
    '/x?author=me&zipcode=1&monkey=2',
    '/?a=b?c=d',
    '/\u0000',
  ];
  for (const path of same) assert.deepEqual(pathWithoutCredentials(path), { path, withheld: [] });
  assert.deepEqual(pathWithoutCredentials('/x?a=1&access_token=abc&API_KEY=d&sig=e&b=2'), {
    path: '/x?a=1&access_token=&API_KEY=&sig=&b=2',
    withheld: ['?access_token', '?API_KEY', '?sig'],
  });
  // Escaped, it is the same name.
  assert.equal(pathWithoutCredentials('/?%74oken=abc').path, '/?%74oken=');
  assert.equal(pathWithoutCredentials(`/${token}/x?${token}&a=${token}&b=1`).path, '/withheld/x?&a=&b=1');
});
