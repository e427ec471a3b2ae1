import type { MetricSeries } from '@wherry/core/metric';

/** What Prometheus writes where a series has ended: a NaN of its own, told from others by its bits. */
const ended = 0x7ff0_0000_0000_0002n;
/** A new block of samples may begin this much before the newest one. */
const batchMs = 1_800_000;

/** Hands samples to a Prometheus, ends of series included, in the order of time. */
export async function writeRemotely(url: string, series: readonly MetricSeries[]): Promise<void> {
  const times = series.flatMap((one) => [...one.times]);
  const [first, last] = times.reduce(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Infinity, 0],
  );
  for (let from = first; from <= last; from += batchMs) {
    const body = snappy(Buffer.concat(series.map((one) => field(1, timeSeries(one, from, from + batchMs)))));
    const answer = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-encoding': 'snappy',
        'content-type': 'application/x-protobuf',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: new Uint8Array(body),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  }
}

function timeSeries({ name, labels, times, values }: MetricSeries, from: number, to: number): Buffer {
  const sorted = Object.entries({ ...labels, __name__: name }).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([key, value]) =>
    field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
  );
  times.forEach((time, index) => {
    if (time >= from && time < to) parts.push(field(2, sample(time, values[index] ?? 0)));
  });
  return Buffer.concat(parts);
}

function sample(time: number, value: number): Buffer {
  const double = Buffer.alloc(9);
  double[0] = (1 << 3) | 1;
  if (Number.isNaN(value)) double.writeBigUInt64LE(ended, 1);
  else double.writeDoubleLE(value, 1);
  return Buffer.concat([double, Buffer.from([2 << 3]), varint(time)]);
}

const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Snappy's block format, nothing compressed: literals of 60 KiB at most. */
function snappy(bytes: Buffer): Buffer {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 61_440) {
    const literal = bytes.subarray(at, at + 61_440);
    const head = Buffer.from([61 << 2, 0, 0]);
    head.writeUInt16LE(literal.length - 1, 1);
    parts.push(head, literal);
  }
  return Buffer.concat(parts);
}
