import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { WherryError } from '../errors.ts';
import { parseFullName } from '../names.ts';
import { corsOrigins, rate } from './access-rules.ts';
import { answerHeaders } from './answer-headers.ts';
import { admission, mayAsk } from './network-access.ts';
import { networkGrant } from './network-grant.ts';
import { Networks } from './networks.ts';
import { cpuCount, durationMs, memoryBytes } from './quantity.ts';
import { ownRoutes, routeText } from './routes.ts';

// Texts of strangers: each is understood, or refused as bad_value with the field's name. The seed is printed where one fails.

const rounds = 20_000;

const words = [
  ...[
    'internet',
    'functions',
    'none',
    'host',
    'db',
    'db.example',
    '*.s3.example',
    '10.0.0.5',
    '10.0.0.0/8',
    '[::1]',
    '[fd12::5]',
    '127.0.0.1',
  ],
  ...[
    ':',
    ':5432',
    ':0',
    ':65536',
    ',',
    ', ',
    '/',
    '/8',
    '/129',
    '.',
    '..',
    '-',
    '*',
    '[',
    ']',
    '%',
    'é',
    '\0',
    '\n',
    ' ',
    '\u202e',
    '__proto__',
  ],
  ...[
    '/shop',
    'api.example.com',
    'API.Example.com/v1',
    'localhost',
    'a'.repeat(64),
    'X-A: b',
    'secure',
    'Set-Cookie: x',
    '10/s',
    '1.5',
    '64Mi',
    '1m30s',
    '1e9',
  ],
  ...[
    'https://a.example',
    'http://[::1]:80',
    '::ffff:1.2.3.4',
    '0x7f.1',
    '017.0.0.1',
    '1.2.3.4.5',
    '2001:db8::',
  ],
];

function text(next: () => number): string {
  let out = '';
  for (let parts = Math.floor(next() * 6); parts >= 0; parts--)
    out += words[Math.floor(next() * words.length)] ?? '';
  return out;
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  network: (t) => networkGrant('the-field', t),
  networks: (t) => new Networks('the-field', t.split(',')),
  routes: (t) => ownRoutes('the-field', t),
  headers: (t) => answerHeaders('the-field', t),
  origins: (t) => corsOrigins('the-field', t),
  rate: (t) => rate('the-field', t),
  memory: (t) => memoryBytes('the-field', t),
  cpu: (t) => cpuCount('the-field', t),
  duration: (t) => durationMs('the-field', t),
  name: (t) => parseFullName(t),
};

for (const [what, read] of Object.entries(readers))
  test(`any text as ${what} is understood or refused by name`, () => {
    const next = seeded();
    for (let round = 0; round < rounds; round++) {
      const given = text(next);
      try {
        read(given);
      } catch (error) {
        const ok =
          error instanceof WherryError && error.code === 'bad_value' && error.message.startsWith('the-field');
        assert.ok(ok, `seed ${seed}: ${JSON.stringify(given)}: ${(error as Error).stack}`);
      }
    }
  });

test('a grant means the same when it is written as it was understood, and never opens what is closed', () => {
  const next = seeded();
  let understood = 0;
  for (let round = 0; round < rounds; round++) {
    let grant;
    try {
      grant = networkGrant('x', text(next));
    } catch {
      continue;
    }
    understood += 1;
    const again = networkGrant('x', grant.text);
    assert.deepEqual([again.text, again.kind, again.names], [grant.text, grant.kind, grant.names]);
    const name = text(next).toLowerCase();
    for (const address of [
      '127.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      '0.0.0.0',
      'fe80::1',
      name,
    ])
      for (const port of [0, 80, 5432]) {
        const answer = admission(
          grant,
          { name: mayAsk(grant, name) ? name : undefined, port },
          [address],
          () => false,
        );
        if (address !== name)
          assert.ok('why' in answer, `seed ${seed}: ${grant.text} opens ${address}:${port}`);
      }
  }
  assert.ok(understood > 100, `seed ${seed}: the control: ${understood} were understood`);
});

test('routes are as they were understood, and never lead up or out', () => {
  const next = seeded();
  for (let round = 0; round < rounds; round++) {
    let routes;
    try {
      routes = ownRoutes('x', text(next));
    } catch {
      continue;
    }
    for (const route of routes) {
      assert.deepEqual(ownRoutes('x', routeText(route)), [route]);
      assert.doesNotMatch(route.prefix, /\/\.\.?(?:\/|$)|\/\/|[^ -~]|[%?#\\ ]/);
    }
  }
});
