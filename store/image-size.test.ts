// What is read of an image before it is decoded. Needs nothing but Node.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { exif, hollowPng, part } from './pictures.fixtures.ts';

interface Head {
  format: string;
  width: number;
  height: number;
  orientation: number;
  turns: number[];
}
const { inspect } = createRequire(import.meta.url)('./functions/image/image-size.cjs') as {
  inspect(bytes: Buffer): Head;
};

const segment = (marker: number, data: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};
const frame = (width: number, height: number, marker = 0xc0) => {
  const data = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  data.writeUInt16BE(height, 1);
  data.writeUInt16BE(width, 3);
  return segment(marker, data);
};
const [start, end] = [Buffer.from([0xff, 0xd8]), Buffer.from([0xff, 0xd9])];
const scan = Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from([1, 2, 3])]);
const jpeg = (...parts: Buffer[]) => Buffer.concat([start, ...parts]);
const turn = (orientation: number, order?: 'II' | 'MM') =>
  segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation, order)]));

const refused = (code: string, message = /./) => ({
  status: code === 'too-many-pixels' ? 413 : 400,
  message,
  answer: { error: code, message: /./, next: /./ },
});
const refuses = (bytes: Buffer, code: string, message?: RegExp) =>
  assert.throws(
    () => inspect(bytes),
    (error: { status: number; message: string; answer: { error: string } }) => {
      const expected = refused(code, message);
      assert.deepEqual([error.answer.error, error.status], [code, expected.status]);
      assert.match(error.message, expected.message);
      return true;
    },
  );

describe('the header of a JPEG', () => {
  test('has the size, wherever it stands', () => {
    const comment = segment(0xfe, Buffer.from('a comment \xff\xc0 with a frame in it', 'latin1'));
    const fill = Buffer.from([0xff, 0xff, 0xff]);
    for (const bytes of [
      jpeg(frame(640, 480), scan, end),
      jpeg(comment, fill, frame(640, 480, 0xc2), scan, scan, end),
      jpeg(segment(0xc4, Buffer.alloc(20)), frame(640, 480), scan, end, Buffer.alloc(100)),
    ]) {
      assert.deepEqual(inspect(bytes), {
        format: 'jpeg',
        width: 640,
        height: 480,
        orientation: 1,
        turns: [],
      });
    }
  });

  test('has the way up in either byte order, and the place that says so', () => {
    for (const order of ['II', 'MM'] as const) {
      const bytes = jpeg(turn(6, order), turn(3), frame(640, 480), scan, end);
      const { orientation, turns } = inspect(bytes);
      assert.deepEqual([orientation, turns.map((at) => bytes[at])], [6, [6, 3]]);
    }
    const nonsense = [exif(9), exif(0), Buffer.from('MM'), Buffer.from('XX**aaaabbbbcccc'), Buffer.alloc(0)];
    for (const block of nonsense) {
      const app = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), block]));
      assert.equal(inspect(jpeg(app, frame(640, 480), scan, end)).orientation, 1);
    }
    const astray = exif(6);
    astray.writeUInt32BE(0xfffffff0, 4);
    const app = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), astray]));
    assert.equal(inspect(jpeg(app, frame(640, 480), scan, end)).orientation, 1);
  });

  test('is refused where it is broken, cut short, or made to take hours', () => {
    for (const bytes of [
      jpeg(frame(640, 480), scan),
      jpeg(scan, end),
      jpeg(frame(640, 480)),
      jpeg(frame(0, 480), scan, end),
      jpeg(segment(0xc0, Buffer.from([8, 1])), scan, end),
      jpeg(Buffer.from([0xff, 0xe0, 0, 1]), frame(640, 480), scan, end),
      jpeg(Buffer.from([0xff, 0xe0, 0xff, 0xff]), frame(640, 480), scan, end),
      jpeg(frame(640, 480), Buffer.from('astray'), scan, end),
      jpeg(frame(640, 480, 0xc2), ...new Array<Buffer>(200).fill(scan), end),
      jpeg(Buffer.alloc(1000, 0xff)),
    ]) {
      refuses(bytes, 'broken-image');
    }
    refuses(Buffer.from([0xff, 0xd8]), 'not-an-image');
  });

  test('is refused where the picture is too large', () => {
    refuses(jpeg(frame(16_385, 1), scan, end), 'too-many-pixels', /16385 × 1 pixels, and 16384/);
    refuses(jpeg(frame(6000, 4000), scan, end), 'too-many-pixels', /24 million of them, and 13.5/);
    assert.equal(inspect(jpeg(frame(16_384, 820), scan, end)).width, 16_384);
  });

  test('is read in any cut and with any byte changed, without an error of its own', () => {
    const whole = jpeg(turn(8, 'II'), frame(640, 480), scan, end);
    const tried = [
      ...Array.from(whole, (_, length) => whole.subarray(0, length)),
      ...Array.from(whole, (_, at) => Buffer.from(whole.with(at, 0xff))),
      ...Array.from(whole, (_, at) => Buffer.from(whole.with(at, 0))),
    ];
    for (const bytes of tried) {
      try {
        inspect(bytes);
      } catch (error) {
        assert.ok('answer' in (error as object), String((error as Error).stack));
      }
    }
  });
});

describe('the header of a PNG', () => {
  test('has the size, and the way up where it says it', () => {
    assert.deepEqual(inspect(hollowPng(640, 480)), {
      format: 'png',
      width: 640,
      height: 480,
      orientation: 1,
      turns: [],
    });
    assert.equal(inspect(hollowPng(640, 480, part('eXIf', exif(8)))).orientation, 8);
  });

  test('is refused where it is broken, cut short, or too large', () => {
    const whole = hollowPng(640, 480, part('eXIf', exif(8, 'II')));
    for (let length = 8; length < whole.length - 4; length++)
      refuses(whole.subarray(0, length), 'broken-image');
    for (let length = 0; length < 8; length++) refuses(whole.subarray(0, length), 'not-an-image');
    refuses(hollowPng(0, 1), 'broken-image');
    refuses(hollowPng(30_000, 30_000), 'too-many-pixels', /30000 × 30000/);
    refuses(hollowPng(2 ** 32 - 1, 1), 'too-many-pixels', /4294967295 × 1/);
  });
});

test('what is no image is called by what it is', () => {
  for (const [bytes, kind] of [
    ['', /empty/],
    ['GIF89a\x01\0', /a GIF/],
    ['RIFF\x10\0\0\0WEBPVP8 ', /a WebP/],
    ['\0\0\0\x1cftypavif', /AVIF or HEIC/],
    ['<svg xmlns="http://www.w3.org/2000/svg">', /an SVG/],
    ['\n<!DOCTYPE html><title>404</title>', /a page/],
    ['{"error": "no"}', /JSON/],
    ['Access denied', /text/],
    ['\0\x01\x02', /something else/],
  ] as const) {
    refuses(Buffer.from(bytes, 'latin1'), 'not-an-image', kind);
  }
});
