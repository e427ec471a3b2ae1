import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallRecord } from '@wherry/core/call-record';
import { sampleCall } from '@wherry/testkit/samples';
import { CallChunk } from './call-chunk.ts';
import { type CallBatch, chunkRows, packCalls } from './pack-calls.ts';

function chunksOf({ bytes, chunks }: CallBatch): CallChunk[] {
  return chunks.map(({ end }, at) => new CallChunk(bytes.subarray(chunks[at - 1]?.end ?? 0, end)));
}

const recordsOf = (chunk: CallChunk): CallRecord[] =>
  Array.from({ length: chunk.rows }, (_, row) => chunk.record(row));

test('a batch is cut into chunks, each noted with whose it is and when', () => {
  const deployments = ['a', 'b'].map((name) => ({ namespace: 'n', name, version: 1 }));
  const records = Array.from({ length: chunkRows * 2 + 5 }, (_, n) =>
    sampleCall(n, { deployment: deployments[n % 3 === 0 ? 0 : 1]!, target: n % 3 === 0 ? 'a' : 'b' }),
  );
  const batch = packCalls(records);
  assert.deepEqual(chunksOf(batch).flatMap(recordsOf), records);
  assert.deepEqual(
    batch.chunks.map(({ rows, calls }) => [rows, calls]),
    [
      [chunkRows, [chunkRows / 3, (chunkRows / 3) * 2]],
      [chunkRows, [chunkRows / 3, (chunkRows / 3) * 2]],
      [5, [2, 3]],
    ],
  );
  const [first, , last] = batch.chunks;
  assert.deepEqual([first?.earliest, last?.latest], [records[0]?.startedAt, records.at(-1)?.startedAt]);
  assert.deepEqual(first?.callees, [
    { namespace: 'n', name: 'a' },
    { namespace: 'n', name: 'b' },
  ]);
  assert.deepEqual(packCalls([]).chunks, []);
});

test('what one batch left behind is in no other', () => {
  const long = 'x'.repeat(20_000);
  const large = Array.from({ length: 400 }, (_, n) => sampleCall(n, { path: `${long}${n}`, alias: `${n}` }));
  assert.deepEqual(chunksOf(packCalls(large)).flatMap(recordsOf), large);
  const small = [sampleCall(1)];
  assert.deepEqual(chunksOf(packCalls(small)).flatMap(recordsOf), small);
});

test('a usual call takes no more than 40 bytes; one that is alone, 170', () => {
  const of = { namespace: 'openfaas-fn', name: 'hello', version: 3 };
  const call = (n: number): CallRecord =>
    sampleCall(n, {
      ...{ deployment: of, target: 'hello', instance: `abcdefghij${n % 4}`, totalMs: n / 7, runMs: n / 9 },
    });
  const calls = Array.from({ length: chunkRows }, (_, n) => ({ ...call(n), startedAt: 1.7e12 + n * 3 }));
  const bytes = packCalls(calls).bytes.length / chunkRows;
  const alone = packCalls(calls.slice(0, 1)).bytes.length;
  assert.ok(bytes <= 40 && alone <= 170, `${bytes} and ${alone}`);
});

test('an id of no bytes is not that of a call whose id is a text', () => {
  const [chunk] = chunksOf(packCalls([sampleCall(1, { id: 'a text' }), sampleCall(2)]));
  assert.deepEqual([...chunk!.find({ id: '00000000-0000-0000-0000-000000000000' })], []);
  assert.deepEqual([...chunk!.find({ id: 'a text' })], [0]);
  assert.deepEqual([...chunk!.find({ id: sampleCall(2).id })], [1]);
});

test('bytes that are no chunk are refused, whatever is cut off or added', () => {
  const { bytes } = packCalls(Array.from({ length: 10 }, (_, n) => sampleCall(n)));
  for (let length = 0; length < bytes.length; length += 1)
    assert.throws(() => new CallChunk(bytes.slice(0, length)), /RangeError|SyntaxError/);
  assert.throws(() => new CallChunk(Buffer.concat([bytes, Buffer.of(0)])), RangeError);
  assert.throws(() => new CallChunk(Buffer.concat([Buffer.of(9), bytes.subarray(1)])), /no format/);
});
