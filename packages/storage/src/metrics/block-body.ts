import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.ts';

/** Samples of one series over one block of a level. */
export interface Block {
  readonly times: ArrayLike<number>;
  readonly streams: readonly ArrayLike<number>[];
  /** Coarse blocks of counters: the counter's own value at the end, before restarts were carried on. */
  readonly raw?: number | undefined;
}

/** A block as it was read. */
export interface ReadBlock extends Block {
  readonly times: Float64Array;
  readonly streams: readonly Float64Array[];
}

/** What values are multiplied by to be whole: durations come in seconds with three or six places. */
const scales = [1, 1e3, 1e6];
const asFloats = scales.length;
/** Added to the scale: what is told is how the changes change. */
const bySlope = 4;
const largest = 2 ** 48;
/** What is shorter gets no shorter. */
const worthDeflating = 64;
// Small windows: blocks are, and each of millions has to get and clear its memory.
const deflating = { level: 6, windowBits: 12, memLevel: 6 } as const;

/**
 * A block as bytes. Times by how their distances change, which they mostly do not; whole values by how they change; others by the bits
 * that change. What never changes takes a few bytes.
 */
export function packBlock({ times, streams, raw }: Block, everyMs: number): Uint8Array {
  const writer = new ByteWriter();
  writer.number(times.length);
  writer.number(streams.length * 2 + (raw === undefined ? 0 : 1));
  writer.number(times[0] ?? 0);
  const changes = new Float64Array(Math.max(0, times.length - 1));
  for (let at = 1, before = everyMs; at < times.length; at += 1) {
    const distance = times[at]! - times[at - 1]!;
    changes[at - 1] = distance - before;
    before = distance;
  }
  writer.run(changes);
  for (const stream of streams) packValues(writer, stream);
  if (raw !== undefined) packValues(writer, [raw]);
  const bytes = writer.finish();
  const deflated = bytes.length < worthDeflating ? bytes : deflateRawSync(bytes, deflating);
  return Buffer.concat(deflated.length < bytes.length ? [Buffer.of(1), deflated] : [Buffer.of(0), bytes]);
}

export function readBlock(body: Uint8Array, everyMs: number): ReadBlock {
  const rest = body.subarray(1);
  const reader = new ByteReader(body[0] === 1 ? inflateRawSync(rest) : rest);
  const count = reader.number();
  const shape = reader.number();
  const times = new Float64Array(count);
  times[0] = reader.number();
  const changes = reader.run(Math.max(0, count - 1));
  for (let at = 1, distance = everyMs; at < count; at += 1) {
    distance += changes[at - 1]!;
    times[at] = times[at - 1]! + distance;
  }
  const streams = Array.from({ length: shape >> 1 }, () => readValues(reader, count));
  return { times, streams, raw: shape % 2 === 1 ? readValues(reader, 1)[0] : undefined };
}

/** The ends (NaN) by their places, and then the others: as whole numbers where one scale makes all of them whole. */
function packValues(writer: ByteWriter, values: ArrayLike<number>): void {
  const numbers = new Float64Array(values.length);
  const ends: number[] = [];
  for (let at = 0, before = 0; at < values.length; at += 1) {
    // An end is as if nothing had changed.
    if (Number.isNaN(values[at]!)) ends.push(at);
    else before = values[at]!;
    numbers[at] = before;
  }
  writer.number(ends.length);
  for (const [at, end] of ends.entries()) writer.number(end - (ends[at - 1] ?? 0));
  const scale = scales.findIndex((one) => numbers.every((value) => isWhole(value, one)));
  if (scale === -1) {
    writer.number(asFloats);
    return writer.raw(planesOf(numbers));
  }
  const changes = changesOf(numbers.map((value) => Math.round(value * scales[scale]!)));
  const slopes = changesOf(changes);
  // What is busy all the time changes by much the same; what is busy now and then is mostly nothing.
  const [byChange, byItsSlope] = [runOf(changes), runOf(slopes)];
  const slope = byItsSlope.length < byChange.length;
  writer.number(slope ? scale + bySlope : scale);
  writer.raw(slope ? byItsSlope : byChange);
}

function readValues(reader: ByteReader, count: number): Float64Array {
  const ends: number[] = [];
  for (let left = reader.number(), at = 0; left > 0; left -= 1) ends.push((at += reader.number()));
  const scale = reader.number();
  let values: Float64Array;
  if (scale === asFloats) values = fromPlanes(reader.raw(count * 8), count);
  else {
    values = reader.run(count);
    const slope = scale >= bySlope;
    const by = scales[slope ? scale - bySlope : scale]!;
    for (let at = 0, whole = 0, change = 0; at < count; at += 1) {
      change = slope ? change + values[at]! : values[at]!;
      whole += change;
      values[at] = whole / by;
    }
  }
  for (const end of ends) values[end] = NaN;
  return values;
}

function changesOf(values: Float64Array): Float64Array {
  return values.map((value, at) => value - (values[at - 1] ?? 0));
}

function runOf(values: Float64Array): Uint8Array {
  const writer = new ByteWriter();
  writer.run(values);
  return writer.finish();
}

function isWhole(value: number, scale: number): boolean {
  const whole = Math.round(value * scale);
  return Math.abs(whole) < largest && whole / scale === value && !Object.is(value, -0);
}

/** The bits in which each value differs from the one before: first all the lowest bytes, last all the highest. */
function planesOf(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer);
  const planes = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 1)
    planes[(at & 7) * values.length + (at >> 3)] = bytes[at]! ^ (at < 8 ? 0 : bytes[at - 8]!);
  return planes;
}

function fromPlanes(planes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  const bytes = new Uint8Array(values.buffer);
  for (let at = 0; at < bytes.length; at += 1)
    bytes[at] = planes[(at & 7) * count + (at >> 3)]! ^ (at < 8 ? 0 : bytes[at - 8]!);
  return values;
}
