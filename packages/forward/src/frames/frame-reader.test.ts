import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkReader } from './chunks.ts';
import { frameBytes, maxFrameBytes } from './frame.ts';
import { BrokenFrame, FrameReader } from './frame-reader.ts';
import { AnswerHeads, BadHead, callHead } from './head-text.ts';
import { chunk, frame, lastChunk, length, type PlainFrame } from './scripted-host.fixtures.ts';

const seed = Number(process.env['WHERRY_TEST_SEED'] ?? 20_260_103);

function random(from: number): (below: number) => number {
  let state = from >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Cuts bytes at random places; the pieces are copies, as reads from a socket are. */
function pieces(bytes: Buffer, next: (below: number) => number): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + next(next(3) === 0 ? 5 : 2000);
    out.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return out;
}

function readAll(reader: FrameReader, reads: readonly Buffer[]): PlainFrame[] {
  const out: PlainFrame[] = [];
  for (const bytes of reads)
    reader.read(bytes, (one) => {
      out.push({ ...one, body: Buffer.from(one.body) });
      return true;
    });
  return out;
}

test(`frames come out whole and in order however their bytes are cut (seed ${seed})`, () => {
  for (let round = 0; round < 300; round++) {
    const next = random(seed + round);
    const sent = Array.from(
      { length: 1 + next(12) },
      (): PlainFrame => ({
        id: next(2 ** 31),
        type: next(256),
        flags: next(256),
        status: next(65_536),
        aux: next(2 ** 31),
        head: 'h'.repeat(next(4) === 0 ? 0 : next(600)) + '\u00ff'.repeat(next(3)),
        body: Buffer.alloc(next(4) === 0 ? 0 : next(5000), next(256)),
      }),
    );
    const got = readAll(new FrameReader(), pieces(Buffer.concat(sent.map(frame)), next));
    assert.deepEqual(got, sent, `round ${round}`);
  }
});

test('a frame that arrives byte by byte costs its length, not its square', () => {
  const reader = new FrameReader();
  const bytes = frame({ id: 1, body: Buffer.alloc(maxFrameBytes - 20, 7) });
  const from = process.cpuUsage();
  const got = readAll(
    reader,
    Array.from({ length: 16_384 }, (_, i) => Buffer.from(bytes.subarray(i * 64, i * 64 + 64))),
  );
  assert.equal(got[0]?.body.length, maxFrameBytes - 20);
  // Copying what has gathered at each of the reads would be 8 GiB.
  const { user } = process.cpuUsage(from);
  assert.ok(user < 1_000_000, `${user} µs`);
});

test('the largest frame is taken, one byte more is broken, and so is every size that cannot be', () => {
  assert.equal(readAll(new FrameReader(), [frame({ body: Buffer.alloc(maxFrameBytes - 20) })]).length, 1);
  const broken = [
    frame({ size: maxFrameBytes - 3 }),
    frame({ size: 0xffffffff }),
    frame({ size: 15 }),
    frame({ size: 0 }),
    frame({ headSize: 1 }),
    frame({ body: 'body', headSize: 5 }),
    frame({ headSize: 0xffffffff }),
  ];
  for (const bytes of broken) assert.throws(() => new FrameReader().read(bytes, () => true), BrokenFrame);
});

test('what is broken is known from the header alone: nothing is gathered for it', () => {
  assert.throws(
    () => new FrameReader().read(frame({ size: 2 ** 31 }).subarray(0, 20), () => true),
    BrokenFrame,
  );
});

test('reading ends where it is told to, and what lies behind is given back untouched', () => {
  const next = random(seed);
  for (let round = 0; round < 100; round++) {
    const reader = new FrameReader();
    const bytes = Buffer.concat([frame({ id: 1 }), frame({ id: 2, head: 'x:y\n' }), Buffer.from('a body')]);
    let rest = Buffer.alloc(0);
    let stopped = false;
    for (const read of pieces(bytes, next)) {
      if (stopped) rest = Buffer.concat([rest, read]);
      else {
        const behind = reader.read(read, (one) => !(stopped = one.id === 2));
        if (stopped) rest = Buffer.from(behind);
      }
    }
    assert.equal(rest.toString(), 'a body', `seed ${seed}, round ${round}`);
  }
});

test(`a body of chunks comes out the same however its bytes are cut (seed ${seed})`, () => {
  for (let round = 0; round < 300; round++) {
    const next = random(seed + round);
    const sent = Array.from({ length: next(8) }, () => Buffer.alloc(1 + next(4000), next(256)));
    const bytes = Buffer.concat([...sent.map(chunk), lastChunk, Buffer.from('behind')]);
    const reader = new ChunkReader();
    const got: Buffer[] = [];
    let behind = '';
    for (const read of pieces(bytes, next))
      behind += reader.read(read, (piece) => got.push(Buffer.from(piece))).toString();
    assert.ok(reader.ended);
    assert.deepEqual(Buffer.concat(got), Buffer.concat(sent), `round ${round}`);
    assert.equal(behind, 'behind');
  }
});

test('a chunk of almost 4 GiB is passed on as it arrives, and half a body has not ended', () => {
  const reader = new ChunkReader();
  let bytes = 0;
  reader.read(length(0xffffffff), () => undefined);
  for (let i = 0; i < 100; i++) reader.read(Buffer.alloc(65_536), (piece) => (bytes += piece.length));
  assert.equal(bytes, 6_553_600);
  assert.equal(reader.ended, false);
});

test('a frame of its own holds its head as UTF-8', () => {
  const [one] = readAll(new FrameReader(), [frameBytes(1, 7, 9, 1, '{"é":"😀"}')]);
  assert.deepEqual([one?.type, one?.id, one?.aux, one?.flags], [1, 7, 9, 1]);
  assert.equal(Buffer.from(one?.head ?? '', 'latin1').toString('utf8'), '{"é":"😀"}');
});

test('the head of a call is its request line and a line a header, repeated where repeated', () => {
  assert.equal(callHead('POST', '/a?b=%0a', ['X-A', '1', 'x-a', '2']), 'POST /a?b=%0a\nX-A:1\nx-a:2\n');
});

test('no value of a call can make a line of its own', () => {
  for (const evil of ['a\nX-Admin:1', 'a\r\nX-Admin:1', 'a\u010aX-Admin:1', 'a\u020dX-Admin:1']) {
    for (const text of [() => callHead('GET', '/', ['X-A', evil]), () => callHead('GET', `/${evil}`, [])]) {
      let wire = '';
      try {
        wire = Buffer.from(text(), 'latin1').toString('latin1');
      } catch (error) {
        assert.ok(error instanceof BadHead);
        continue;
      }
      assert.doesNotMatch(wire, /[\r\n]X-Admin/);
    }
  }
});

test('the head of an answer is read line by line, values trimmed, order and repetition kept', () => {
  const heads = new AnswerHeads();
  assert.deepEqual(heads.read('', 200), []);
  assert.deepEqual(heads.read('Set-Cookie: a=1 \nset-cookie:b=2\nX:\n', 200), [
    'Set-Cookie',
    'a=1',
    'set-cookie',
    'b=2',
    'X',
    '',
  ]);
  assert.deepEqual(heads.read('a:b:c', 200), ['a', 'b:c'], 'a last line without its end is a line');
  assert.deepEqual(heads.read('X:\u00e9\ttab', 200), ['X', '\u00e9\ttab']);
});

test('a head that no HTTP message can have is refused, every time it comes', () => {
  const heads = new AnswerHeads();
  const hostile = [
    'no colon',
    'a:b\nno colon\nc:d',
    ':value',
    ' a:b',
    'a :b',
    'a b:c',
    '\n',
    'a:b\n\n',
    'a\0:b',
    'a:b\0c',
    'a:b\rc',
    'a:\x1b[2J',
    'a:\x7f',
    '\u00e9:b',
    '(a):b',
    'a:b\n\x00:c',
    `${'x'.repeat(5000)}`,
  ];
  for (let again = 0; again < 2; again++)
    for (const text of hostile)
      assert.throws(() => heads.read(text, 200), BadHead, JSON.stringify(text.slice(0, 40)));
});

test('thousands of different heads do not gather', () => {
  const heads = new AnswerHeads();
  const first = heads.read('X:0\n', 200);
  assert.equal(heads.read('X:0\n', 200), first, 'a known head is read once');
  for (let i = 0; i < 5000; i++) assert.deepEqual(heads.read(`X:${i}\n`, 200), ['X', String(i)]);
  assert.notEqual(heads.read('X:0\n', 200), first, 'what was known long ago has been forgotten');
  assert.throws(
    () => (heads.read('X:0\n', 200) as string[]).push('Y'),
    TypeError,
    'nobody can change what others will get',
  );
});
