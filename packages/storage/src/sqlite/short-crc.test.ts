import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { shortCrc } from './short-crc.ts';

test('it is the CRC that zlib works out', () => {
  for (let length = 0; length < 64; length += 1) {
    const bytes = randomBytes(length);
    assert.equal(shortCrc(bytes), crc32(bytes), bytes.toString('hex'));
  }
});
