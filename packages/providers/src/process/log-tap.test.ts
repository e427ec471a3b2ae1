import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { LogLine } from '@wherry/core/log-line';
import { settle, SimulatedClock } from '@wherry/testkit/simulated-clock';
import { LogTap } from './log-tap.ts';

const key = (version: number) => ({ namespace: 'openfaas-fn', name: 'hello', version });

function tapped() {
  const clock = new SimulatedClock();
  const lines: LogLine[] = [];
  const batches: number[] = [];
  const tap = new LogTap(clock, 'i1', key(1), (some) => {
    batches.push(some.length);
    lines.push(...some);
  });
  const [out, err] = [
    new PassThrough({ highWaterMark: 2 ** 30 }),
    new PassThrough({ highWaterMark: 2 ** 30 }),
  ];
  tap.follow(out, 'stdout');
  tap.follow(err, 'stderr');
  const texts = () => lines.map(({ text }) => text);
  return { clock, lines, batches, tap, out, err, texts };
}

test('a single line is told at once, many in small batches, with stream, instance and time', async () => {
  const { clock, lines, batches, out, err } = tapped();
  out.write('one\n');
  await clock.advance(0);
  assert.equal(batches.length, 1);
  out.write('two\n');
  await clock.advance(20);
  err.write('three\n');
  await clock.advance(29);
  assert.equal(batches.length, 1);
  await clock.advance(1);
  assert.deepEqual(batches, [1, 2]);
  assert.deepEqual(
    lines.map(({ stream, text, instance, deployment }) => [stream, text, instance, deployment.version]),
    [
      ['stdout', 'one', 'i1', 1],
      ['stdout', 'two', 'i1', 1],
      ['stderr', 'three', 'i1', 1],
    ],
  );
});

test('a line is a line wherever its bytes are cut, also within a character', async () => {
  const text = 'größe 😀 \u20ac\r\nsecond\n\nfourth';
  const bytes = Buffer.from(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { tap, out, texts } = tapped();
    out.write(bytes.subarray(0, cut));
    await settle();
    out.write(bytes.subarray(cut));
    out.end();
    await settle();
    tap.flush();
    assert.deepEqual(texts(), ['größe 😀 \u20ac', 'second', '', 'fourth'], `cut at ${cut}`);
  }
});

test('what has no line end is a line when the stream ends, and nothing is no line', async () => {
  const { tap, out, err, texts } = tapped();
  out.end('partial');
  err.end('whole\n');
  await settle();
  tap.flush();
  assert.deepEqual(texts().toSorted(), ['partial', 'whole']);
});

test('what a killed writer wrote last is a line, though its stream never ended', async () => {
  const { tap, out, texts } = tapped();
  out.write('last words');
  await settle();
  out.destroy();
  await settle();
  tap.flush();
  assert.deepEqual(texts(), ['last words']);
});

test('bytes that are no text are shown as such and harm nothing', async () => {
  const { tap, out, texts } = tapped();
  out.write(Buffer.from([0xff, 0xfe, 0x41, 0x0a, 0xc3, 0x0a, 0xf0, 0x9f, 0x98]));
  out.end();
  await settle();
  tap.flush();
  assert.deepEqual(texts(), ['\ufffd\ufffdA', '\ufffd', '\ufffd']);
});

test('control characters are kept as written: displays escape them', async () => {
  const { tap, out, texts } = tapped();
  out.write('\x1b[31mred\0\u2028\rprogress\r\n');
  await settle();
  tap.flush();
  assert.deepEqual(texts(), ['\x1b[31mred\0\u2028\rprogress']);
});

test('a line that is too long is cut, says so, and its rest is no line of its own', async () => {
  const { tap, out, texts } = tapped();
  out.write(`${'x'.repeat(100_000)}\nnext\n`);
  await settle();
  tap.flush();
  const [long, next] = texts();
  assert.ok((long ?? '').length < 17_000);
  assert.match(long ?? '', /^x{16384}… \(\d+ more characters cut\)$/);
  assert.equal(next, 'next');
});

test('a line that never ends costs no more than its bound', async () => {
  const { tap, out, texts } = tapped();
  for (let i = 0; i < 200; i++) {
    out.write('y'.repeat(64 * 1024));
    await settle();
  }
  out.write('\nafter\n');
  await settle();
  tap.flush();
  const all = texts();
  assert.ok(all.every((text) => text.length < 17_000));
  assert.deepEqual([all.length, all.at(-1)], [2, 'after']);
  assert.match(all[0] ?? '', /^y{16384}… \(13090816 more characters cut\)$/);
});

test('a flood is dropped and counted, second by second, and what comes later is kept', async () => {
  const { clock, tap, out, texts, lines } = tapped();
  out.write('flood\n'.repeat(20_000));
  await clock.advance(100);
  out.write('still too many\n'.repeat(10));
  await clock.advance(1000);
  out.write('calm\n');
  await clock.advance(100);
  tap.flush();
  const kept = texts().filter((text) => text === 'flood').length;
  const said = lines
    .filter(({ stream }) => stream === 'mark')
    .map(({ text }) => Number(/^(\d+) lines dropped/.exec(text)?.[1] ?? 0));
  assert.equal(kept, 5000);
  assert.equal(
    said.reduce((sum, count) => sum + count, 0),
    15_010,
    'not one is lost uncounted',
  );
  assert.equal(texts().filter((text) => text === 'calm').length, 1);
});

test('few but huge lines are a flood too', async () => {
  const { clock, out, texts } = tapped();
  out.write(`${'z'.repeat(16_000)}\n`.repeat(1000));
  await clock.advance(100);
  const bytes = texts().reduce((sum, text) => sum + text.length, 0);
  assert.ok(bytes <= 4.1 * 2 ** 20, `${bytes}`);
  assert.match(texts().at(-1) ?? '', /lines dropped/);
});

test('the last words are the last twenty lines, each short, also of what was dropped', async () => {
  const { tap, out } = tapped();
  out.write(`${Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n')}\n${'w'.repeat(5000)}\n`);
  await settle();
  assert.equal(tap.lastWords.length, 20);
  assert.equal(tap.lastWords[0], 'line 11');
  assert.ok((tap.lastWords.at(-1) ?? '').length <= 500);
});

test('lines belong to the function that the host was given', async () => {
  const { clock, lines, tap, out } = tapped();
  tap.assign(key(7));
  tap.mark('started');
  out.write('hello\n');
  await clock.advance(50);
  assert.deepEqual(
    lines.map(({ stream, deployment }) => [stream, deployment.version]),
    [
      ['mark', 7],
      ['stdout', 7],
    ],
  );
});

test('a stream that fails is an end like any other', async () => {
  const { tap, out, texts } = tapped();
  out.write('before\n');
  await settle();
  out.destroy(new Error('EIO'));
  await settle();
  tap.flush();
  assert.deepEqual(texts(), ['before']);
});

test('when all has been told nothing is left on the clock', async () => {
  const { clock, out } = tapped();
  out.write('x\n');
  await clock.advance(1000);
  assert.equal(clock.waiting, 0);
});
