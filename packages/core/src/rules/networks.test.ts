import assert from 'node:assert/strict';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { test } from 'node:test';
import { Networks } from './networks.ts';

const addresses = [
  ...['0.0.0.0', '255.255.255.255', '127.0.0.1', '10.1.2.3', '192.168.1.7', '8.8.8.8'],
  ...['::', '::1', '1::', 'fe80::1', '2001:db8::8:800:200c:417a', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::'],
  ...['::2:3:4:5:6:7:8', '64:ff9b::192.0.2.33', '1:2:3:4:5:6:1.2.3.4', 'ABCD:EF01::'],
];
const noAddresses = [
  ...[
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1..2.3',
    '0x1.2.3.4',
    '1e1.2.3.4',
  ],
  ...[
    ':',
    ':::',
    '1:2',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
  ],
  ...[
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.4:1',
    '1:2:3:4:5:6:7:1.2.3.4',
    'localhost',
    '::1/64',
    '١.2.3.4',
  ],
];

test('an address is what Node takes for one', () => {
  for (const text of addresses) {
    assert.notEqual(isIP(text), 0, `${text} (Node)`);
    assert.ok(new Networks('f', [text]).has(text), text);
  }
  for (const text of noAddresses) {
    assert.equal(isIP(text), 0, `${text} (Node)`);
    assert.equal(new Networks('f', ['0.0.0.0/0', '::/0']).has(text), false, text);
    if (text !== '::1/64') assert.throws(() => new Networks('f', [text]), { code: 'bad_value' }, text);
  }
});

test('what is in a network agrees with Node at every length', () => {
  const family = (text: string): 'ipv4' | 'ipv6' => (isIPv4(text) ? 'ipv4' : 'ipv6');
  for (const base of addresses)
    for (let length = 0; length <= (isIPv4(base) ? 32 : 128); length++) {
      const list = new BlockList();
      list.addSubnet(base, length, family(base));
      const networks = new Networks('f', [`${base}/${length}`]);
      // Node has all of IPv4 in ::/0 as well; who lets in IPv6 has said nothing of IPv4.
      for (const one of addresses.filter((other) => isIP(other) === isIP(base)))
        assert.equal(networks.has(one), list.check(one, family(one)), `${one} in ${base}/${length}`);
    }
});

test('an IPv4 address is itself inside IPv6, and in its networks', () => {
  assert.ok(new Networks('f', ['10.0.0.0/8']).has('::ffff:10.1.2.3'));
  assert.ok(new Networks('f', ['10.0.0.0/8']).has('::FFFF:0a01:0203'));
  assert.ok(new Networks('f', ['::ffff:10.0.0.0/104']).has('10.1.2.3'));
  assert.equal(new Networks('f', ['::ffff:10.0.0.0/104']).has('11.1.2.3'), false);
  assert.equal(new Networks('f', ['::/0']).has('10.1.2.3'), false);
});

test('what is no network is refused by its field', () => {
  for (const text of [
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '::/129',
    '::ffff:1.2.3.4/64',
    '/8',
  ])
    assert.throws(() => new Networks('field', [text]), { code: 'bad_value', message: /^field: / }, text);
  assert.throws(() => new Networks('field', Array<string>(1_001).fill('::1')), /more than 1000 networks/);
  assert.equal(new Networks('field', []).has('::1'), false);
});
