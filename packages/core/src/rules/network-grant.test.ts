import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admission, lineWith, mayAsk } from './network-access.ts';
import { deployerMayGive, networkGrant } from './network-grant.ts';
import { isClosed, isPublic } from './special-addresses.ts';

const grant = (text: string) => networkGrant('com.wherry.network', text);
const strangers = (_address: string): boolean => false;
const to = (
  text: string,
  name: string | undefined,
  port: number,
  addresses: readonly string[],
  own = strangers,
) => admission(grant(text), { name, port }, addresses, own);

test('none and host stand alone; the rest is a list', () => {
  assert.equal(grant('none').kind, 'none');
  assert.equal(grant('host').kind, 'host');
  const listed = grant(' internet, functions ,db:5432,db:5432,[2001:db8::1]:25, 10.0.0.0/8:80 ');
  assert.equal(listed.text, 'internet,functions,db:5432,[2001:db8::1]:25,10.0.0.0/8:80');
  assert.deepEqual([listed.kind, listed.internet, listed.functions], ['listed', true, true]);
  assert.deepEqual(listed.names, [{ name: 'db', port: 5432 }]);
  assert.deepEqual(
    listed.networks.map(({ port }) => port),
    [25, 80],
  );
});

const bad: readonly string[] = [
  ...[
    '127.0.0.0/8:80',
    '127.0.0.1/32:80',
    '[::1/128]:80',
    '[fe80::/10]:80',
    'localhost:22',
    'x.localhost:22',
  ],
  ...['[64:ff9b::7f00:1]:80', '[fd20:ce::254]:80', '1.2.3.4.5:80', 'db.42:80'],
  ...[
    '',
    ',',
    'internet,',
    'none,internet',
    'host,db:1',
    'db',
    'db:',
    'db:0',
    'db:65536',
    'db:-1',
    'db:5432x',
  ],
  ...[
    'db:54 32',
    'http://db:80',
    'db/24:80',
    '10.0.0.0/33:80',
    '10.0.0:80',
    '1.2.3.4.5:80',
    '::1:80',
    '[::1]:80',
  ],
  ...[
    '127.0.0.1:5432',
    '127.9.9.9:1',
    '0.0.0.0:80',
    '169.254.169.254:80',
    '[fe80::1]:80',
    '[::ffff:127.0.0.1]:80',
  ],
  ...[
    '100.100.100.200:80',
    '[fd00:ec2::254]:80',
    '224.0.0.1:80',
    '-db:80',
    'a..b:80',
    '*:80',
    '*.:80',
    'a.*.b:80',
  ],
  ...[
    `${'a'.repeat(64)}:80`,
    `${'a.'.repeat(127)}a:80`,
    Array(65)
      .fill(0)
      .map((_, i) => `h${i}:1`)
      .join(','),
  ],
];
for (const text of bad)
  test(`refused with its field: ${text.slice(0, 40)}`, () =>
    assert.throws(() => grant(text), { code: 'bad_value', message: /com\.wherry\.network/ }));

test('a deployer may give what reaches strangers and functions, the operator the rest', () => {
  for (const text of ['none', 'internet', 'functions', 'internet,functions'])
    assert.equal(deployerMayGive(grant(text)), true, text);
  for (const text of ['host', 'db:5432', 'internet,db:5432', '1.1.1.1:53', '0.0.0.0/0:443'])
    assert.equal(deployerMayGive(grant(text)), false, text);
});

test('what is not on the public internet, by the registries', () => {
  const outsiders = ['1.1.1.1', '8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001:80b::200e'];
  for (const address of outsiders) assert.equal(isPublic(address), true, address);
  const insiders = [
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '127.0.0.1',
      '0.0.0.0',
      '169.254.1.1',
    ],
    ...[
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
    ],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1', '64:ff9b::7f00:1'],
    ...['2002:7f00:1::', '::ffff:10.0.0.1', '::ffff:7f00:1', '::7f00:1', '2001::1', 'fec0::1'],
    ...['', 'localhost', '010.0.0.1', '1.1.1', '0x08080808', '134744072'],
  ];
  for (const address of insiders) assert.equal(isPublic(address), false, address);
  assert.equal(isClosed('::ffff:169.254.169.254'), true);
});

test('internet lets through what is public and not this machine, at every port', () => {
  assert.deepEqual(to('internet', undefined, 25, ['1.1.1.1']), { addresses: ['1.1.1.1'] });
  assert.deepEqual(to('internet', 'x.example', 443, ['10.0.0.1', '1.1.1.1']), { addresses: ['1.1.1.1'] });
  assert.deepEqual(
    to('internet', undefined, 80, ['1.1.1.1'], (one) => one === '1.1.1.1'),
    {
      why: '1.1.1.1:80 is not granted',
      line: 'com.wherry.network: "internet,1.1.1.1:80"',
    },
  );
});

test('a name that leads inside is refused, whatever it led to before, and the refusal says where it leads', () => {
  const rebound = to('internet', 'evil.example', 80, ['192.168.0.1']);
  assert.deepEqual(rebound, {
    why: 'evil.example:80 leads to 192.168.0.1, which is not on the public internet',
    line: 'com.wherry.network: "internet,evil.example:80"',
  });
  for (const text of ['internet', 'evil.example:80', '0.0.0.0/0:80', '*.example:80']) {
    for (const address of [
      '127.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      'fd00:ec2::254',
      'fd20:ce::254',
    ]) {
      const answer = to(text, 'evil.example', 80, [address]);
      assert.ok('why' in answer && answer.line === undefined && answer.why.includes('only host opens'), text);
    }
  }
});

test('a named host is reached at its port and at no other, and its neighbours are not', () => {
  assert.deepEqual(to('db:5432', 'db', 5432, ['10.0.0.5']), { addresses: ['10.0.0.5'] });
  const line = 'com.wherry.network: "db:5432,db:5433"';
  assert.deepEqual(to('db:5432', 'db', 5433, ['10.0.0.5']), { why: 'db:5433 is not granted', line });
  assert.ok('why' in to('db:5432', undefined, 5432, ['10.0.0.5']), 'its bare address is another destination');
  assert.ok('why' in to('db:5432', 'other', 5432, ['10.0.0.5']));
});

test('a network is granted with one port; a star stands for every name below', () => {
  assert.deepEqual(to('10.0.0.0/24:80', undefined, 80, ['10.0.0.9']), { addresses: ['10.0.0.9'] });
  assert.ok('why' in to('10.0.0.0/24:80', undefined, 81, ['10.0.0.9']));
  assert.ok('why' in to('10.0.0.0/24:80', undefined, 80, ['10.0.1.9']));
  assert.deepEqual(to('[fd12::]:80', undefined, 80, ['fd12::']), { addresses: ['fd12::'] });
  assert.deepEqual(to('*.s3.example:443', 'a.b.s3.example', 443, ['10.0.0.1']), { addresses: ['10.0.0.1'] });
  assert.ok('why' in to('*.s3.example:443', 's3.example', 443, ['10.0.0.1']));
  assert.ok('why' in to('*.s3.example:443', 'evils3.example', 443, ['10.0.0.1']));
});

test('names that are not granted are never asked for outside', () => {
  assert.equal(mayAsk(grant('db:5432'), 'db'), true);
  for (const text of ['db:5432', 'functions', '10.0.0.0/8:80'])
    assert.equal(mayAsk(grant(text), 'secret-in-a-name.evil.example'), false, text);
  assert.equal(mayAsk(grant('internet'), 'any.example'), true);
  for (const name of ['', 'a b', 'a\0b', '-', 'a..b', 'x'.repeat(254)])
    assert.equal(mayAsk(grant('internet'), name), false, JSON.stringify(name));
});

test('the line to add keeps what is there', () => {
  assert.equal(lineWith(grant('none'), 'db:1'), 'com.wherry.network: "db:1"');
  assert.equal(lineWith(grant('internet'), 'db:1'), 'com.wherry.network: "internet,db:1"');
});
