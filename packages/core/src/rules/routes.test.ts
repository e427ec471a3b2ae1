import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownRoutes, routeText } from './routes.ts';

const read = (text: string): string[] => ownRoutes('com.wherry.routes', text).map(routeText);

test('host names, paths, and both', () => {
  assert.deepEqual(read(' API.example.com, shop.example.com/v1/ ,/shop, /a/b.c~d, /shop'), [
    'api.example.com',
    'shop.example.com/v1',
    '/shop',
    '/a/b.c~d',
  ]);
  assert.deepEqual(read('api.example.com/'), ['api.example.com'], 'a slash alone is the whole host');
  assert.deepEqual(read('x.localhost'), ['x.localhost']);
});

const bad = [
  ...[
    '',
    ',',
    '/',
    '//',
    'localhost',
    'api',
    '127.0.0.1',
    '10.0.0.1/x',
    '[::1]',
    'a..b.c',
    '.example.com',
    'example.com.',
  ],
  ...[
    'api.example.com:8080',
    'http://api.example.com',
    'a_b.example.com',
    '-a.example.com',
    '*.example.com',
    'a@b.example.com',
  ],
  ...[
    '/a//b',
    '/..',
    '/a/..',
    '/./a',
    '/a/%2e%2e',
    '/a b',
    '/a?b',
    '/a#b',
    '/a\\b',
    '/ä',
    '/a\0',
    '/a\nb',
    'x.example.com/../y',
  ],
  ...[
    `/${'a'.repeat(101)}`,
    '/a'.repeat(11),
    `${'a'.repeat(64)}.example.com`,
    Array.from({ length: 21 }, (_, i) => `/r${i}`).join(','),
  ],
];
for (const text of bad)
  test(`refused: ${JSON.stringify(text).slice(0, 40)}`, () =>
    assert.throws(() => read(text), { code: 'bad_value', message: /com\.wherry\.routes/ }));
