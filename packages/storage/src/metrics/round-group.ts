import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Round } from './open-window.ts';

const largest = 2 ** 50;

/** Rounds as bytes, each whole: what is damaged or lost takes nothing else with it. */
export function packRounds(rounds: readonly Round[]): Uint8Array {
  const writer = new ByteWriter();
  writer.number(rounds.length);
  for (const { time, ids, values } of rounds) {
    writer.number(time);
    writer.number(ids.length);
    writer.run(Float64Array.from(ids, (id, at) => id - (ids[at - 1] ?? 0)));
    for (const value of values) {
      if (Number.isInteger(value) && value >= 0 && value < largest && !Object.is(value, -0))
        writer.number(value + 1);
      else {
        writer.number(0);
        writer.raw(new Uint8Array(Float64Array.of(value).buffer));
      }
    }
  }
  // They come again in every round, are soon gone, and somebody waits.
  return deflateRawSync(writer.finish(), { level: 1 });
}

export function readRounds(body: Uint8Array): Round[] {
  const reader = new ByteReader(inflateRawSync(body));
  return Array.from({ length: reader.number() }, () => {
    const time = reader.number();
    const count = reader.number();
    const distances = reader.run(count);
    const ids = new Uint32Array(count);
    for (let at = 0, id = 0; at < count; at += 1) ids[at] = id += distances[at]!;
    const values = Float64Array.from(ids, () => {
      const whole = reader.number();
      return whole > 0 ? whole - 1 : new Float64Array(reader.raw(8).slice().buffer)[0]!;
    });
    return { time, ids, values };
  });
}
