import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { packBlock, readBlock } from './block-body.ts';
import { packRounds, readRounds } from './round-group.ts';

const everyMs = 10_000;

test(`what is packed comes back bit by bit, whatever the numbers (seed ${seed})`, () => {
  const random = seeded();
  const odd = [0, -0, NaN, 1e-300, 5e-324, -1.7e308, 2 ** 48, 2 ** 53, -(2 ** 47), 0.1, 1 / 3, 123_456.789];
  const kinds: readonly ((at: number, before: number) => number)[] = [
    (_, before) => before,
    (_, before) => before + Math.floor(random() * 3),
    (_, before) => before + 300 + Math.floor(random() * 20),
    () => Math.round(random() * 1e9) / 1e6,
    () => (random() - 0.5) * 2 ** 47,
    () => odd[Math.floor(random() * odd.length)]!,
    (at) => (at % 5 === 0 ? NaN : at),
  ];
  for (let round = 0; round < 400; round += 1) {
    const length = Math.floor(random() * 800);
    const stream = (): Float64Array => {
      const kind = kinds[Math.floor(random() * kinds.length)]!;
      const values = new Float64Array(length);
      for (let at = 0; at < length; at += 1) values[at] = kind(at, at === 0 ? 7 : values[at - 1]! || 0);
      return values;
    };
    const times = new Float64Array(length);
    for (let at = 0, time = 1.8e12; at < length; at += 1)
      times[at] = time += random() < 0.9 ? everyMs : 1 + Math.floor(random() * 1e9);
    const streams = round % 2 === 0 ? [stream()] : [stream(), stream(), stream()];
    const raw = round % 3 === 0 ? random() * 1e6 : undefined;
    const block = readBlock(packBlock({ times, streams, raw }, everyMs), everyMs);
    assert.deepEqual(block, { times, streams, raw }, `round ${round}`);
  }
});

test('rounds come back bit by bit', () => {
  const values = Float64Array.of(0, -0, NaN, 1 / 3, -5, 2 ** 50, 2 ** 53, 1e-300);
  const ids = Uint32Array.of(9, 3, 4, 5, 2 ** 25 - 1, 1, 7, 8);
  const rounds = [1, 2, 1.8e12].map((time) => ({ time, ids, values: values.map((value) => value * time) }));
  assert.deepEqual(readRounds(packRounds(rounds)), rounds);
});

test('a series that does nothing takes next to nothing', () => {
  const times = Float64Array.from({ length: 1440 }, (_, at) => 1.8e12 + at * everyMs);
  for (const value of [0, 17, 0.25, 1 / 3]) {
    const bytes = packBlock({ times, streams: [new Float64Array(1440).fill(value)] }, everyMs);
    assert.ok(bytes.length < 80, `${value}: ${bytes.length} bytes`);
  }
});
