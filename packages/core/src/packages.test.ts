import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkManifest, packageDigest, packageImage } from './packages.ts';

const digest = 'a1'.repeat(32);

test('a package is referred to as an image, and its digest comes back', () => {
  const image = packageImage('hello', digest);
  assert.equal(image, `wherry.local/hello@sha256:${digest}`);
  assert.equal(packageDigest(image), digest);
});

test('no other image is taken for a package', () => {
  const others = [
    '',
    'hello',
    'ghcr.io/openfaas/figlet:latest',
    `ghcr.io/hello@sha256:${digest}`,
    `wherry.local/hello:latest`,
    `wherry.local/hello@sha256:${digest.slice(1)}`,
    `wherry.local/hello@sha256:${digest}0`,
    `wherry.local/hello@sha256:${digest.toUpperCase()}`,
    `wherry.local/hello@sha512:${digest}`,
    `wherry.local/@sha256:${digest}`,
    `wherry.local/-hello@sha256:${digest}`,
    `wherry.local/hello-@sha256:${digest}`,
    `wherry.local/${'x'.repeat(64)}@sha256:${digest}`,
    `wherry.local/a/b@sha256:${digest}`,
    `wherry.local/../x@sha256:${digest}`,
    `wherry.local.evil.example/hello@sha256:${digest}`,
    `wherryxlocal/hello@sha256:${digest}`,
    `evil/wherry.local/hello@sha256:${digest}`,
    ` wherry.local/hello@sha256:${digest}`,
    `wherry.local/hello@sha256:${digest}\n`,
    `wherry.local/hello@sha256:${digest}/../../etc`,
  ];
  for (const image of others) assert.equal(packageDigest(image), undefined, JSON.stringify(image));
});

const manifest = { runtime: 'node', entry: 'src/index.js', signature: 'auto' };

test('a manifest names runtime, entry and signature; what else stands in it is left out', () => {
  assert.deepEqual(checkManifest(manifest), manifest);
  assert.deepEqual(checkManifest({ ...manifest, more: 1, ['__proto__']: { runtime: 'x' } }), manifest);
  for (const entry of [
    'index.js',
    'a/b/c.py',
    './a.js',
    '.hidden',
    'a..b',
    '..a',
    'a/..b/c',
    'ünï.py',
    'with space.js',
  ])
    assert.equal(checkManifest({ ...manifest, entry }).entry, entry);
});

test('an entry that leads out of the code is refused', () => {
  const entries = [
    '',
    '/etc/passwd',
    '..',
    '../x',
    'a/..',
    'a/../../x',
    'a/b/..',
    'a\\..\\x',
    '..\\x',
    'a\0b',
    'a\n/../../etc/passwd',
    '\n/../x',
    'a\r/../x',
    'a\u2028/../x',
    'x'.repeat(513),
  ];
  for (const entry of entries)
    assert.throws(
      () => checkManifest({ ...manifest, entry }),
      { code: 'package_refused', message: /"entry"/ },
      JSON.stringify(entry),
    );
});

test('a manifest with anything else in the place of a text is refused by the field’s name', () => {
  for (const value of [undefined, null, 'text', 7, true, [], () => 1])
    assert.throws(() => checkManifest(value), { code: 'package_refused' }, String(value));
  for (const field of ['runtime', 'entry', 'signature'] as const)
    for (const value of [undefined, null, 1, {}, [], ['node'], ''])
      assert.throws(() => checkManifest({ ...manifest, [field]: value }), {
        code: 'package_refused',
        message: new RegExp(`"${field}"`),
      });
});

test('a runtime or signature that is no plain word is refused', () => {
  for (const runtime of [
    'Node',
    '../node',
    '8node',
    'node/../x',
    'node ',
    'node\n',
    'x'.repeat(33),
    '__proto__',
  ])
    assert.throws(() => checkManifest({ ...manifest, runtime }), { code: 'package_refused' }, runtime);
  for (const signature of ['Event', 'event2', 'a b', 'x'.repeat(17), '__proto__', 'event\n'])
    assert.throws(() => checkManifest({ ...manifest, signature }), { code: 'package_refused' }, signature);
});
