// The function qrcode.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { missing, withStoreFunction } from './store-function.fixtures.ts';

const qrcode = { folders: ['qrcode'] as [string], modules: ['uqr'] };
const skip = missing(qrcode);

/** "https://example.com", read with a reader that has nothing to do with this. */
const EXAMPLE = `█████████████████████████████
██ ▄▄▄▄▄ █  ▄▀█▄  ▀█ ▄▄▄▄▄ ██
██ █   █ █ ▄▀▀▀█▀ ▄█ █   █ ██
██ █▄▄▄█ █▄ ▀█▄   ██ █▄▄▄█ ██
██▄▄▄▄▄▄▄█ ▀▄▀ ▀ █ █▄▄▄▄▄▄▄██
██▀ ▄█▄▀▄ ▀▄█▄ █▄▄▄█ █▄▄▄▄ ██
██▄ ▄ █ ▄█ █▀█▀▄█▀▀▀█▄▄█▄ ▄██
████▀█  ▄▄▀▄█ ▄███   ██ █▄ ██
██▄▀▄ ▀█▄██ ▀▄▄▄▄▀ █▄▄▀█▄ ▄██
██▄█▄█▄▄▄█  ▄█  █  ▄▄▄  █▀▀██
██ ▄▄▄▄▄ █▄▄ ▀ ▄▀▄ █▄█  █▄ ██
██ █   █ █▄█ ██▄ ▀▄▄▄   ▀█▄██
██ █▄▄▄█ █  ▀ █▀▀█ █▀█ ▀█▀▄██
██▄▄▄▄▄▄▄██████▄▄▄▄▄▄▄███▄▄██
▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀
`;

/** Whether there is ink, of the text form: rows of modules with a border of two. */
function ofText(text: string): boolean[][] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => ['█▀', '█▄'].map((light) => [...line].map((sign) => !light.includes(sign))))
    .slice(2, -3)
    .map((row) => row.slice(2, -2));
}

/** The pixels of a PNG of one bit. */
function ofPng(png: Buffer): boolean[][] {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.deepEqual([...png.subarray(24, 29)], [1, 0, 0, 0, 0]);
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const stride = 1 + Math.ceil(width / 8);
  return Array.from({ length: height }, (_, y) =>
    Array.from(
      { length: width },
      (_, x) => ((rows[y * stride + 1 + (x >> 3)] as number) & (0x80 >> (x & 7))) === 0,
    ),
  );
}

describe('qrcode', { skip }, () => {
  test('draws the same code as text, PNG and SVG', () =>
    withStoreFunction(qrcode, async ({ call }) => {
      const body = 'https://example.com\n';
      const text = await call('/?format=text', { body });
      assert.equal(text.header('content-type'), 'text/plain; charset=utf-8');
      assert.equal(text.text, EXAMPLE);
      const modules = ofText(text.text);
      assert.equal(modules.length, 25);

      const png = await call('/', { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
      assert.equal(png.header('content-type'), 'image/png');
      const pixels = ofPng(png.bytes);
      assert.deepEqual([pixels.length, pixels[0]?.length], [256, 256]);
      // 7 pixels for each of 25 squares, and what is left over around them.
      const offset = (256 - 25 * 7) >> 1;
      pixels.forEach((row, y) =>
        row.forEach((dark, x) => {
          const square = modules[Math.floor((y - offset) / 7)]?.[Math.floor((x - offset) / 7)];
          assert.equal(dark, square ?? false, `${x}, ${y}`);
        }),
      );

      const svg = await call('/?format=svg&size=500', { body });
      assert.equal(svg.header('content-type'), 'image/svg+xml');
      assert.match(svg.text, /^<svg [^>]*width="500" height="500" viewBox="0 0 33 33"/);
      const drawn = modules.map((row) => row.map(() => false));
      for (const [, x, y, run] of svg.text.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
        drawn[Number(y) - 4]?.fill(true, Number(x) - 4, Number(x) - 4 + Number(run));
      }
      assert.deepEqual(drawn, modules);
    }));

  test('takes what fits, at the level that is asked for or at the best', () =>
    withStoreFunction(qrcode, async ({ call }) => {
      for (const [target, body, side] of [
        ['/', 'a'.repeat(2953), 740],
        ['/', '7'.repeat(7089), 740],
        ['/', 'é'.repeat(1476), 740],
        ['/?level=H', 'a'.repeat(1273), 740],
        ['/?size=1000&level=L', '猫', 1000],
        ['/?size=29', 'short', 29],
      ] as const) {
        const answer = await call(target, { body });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(ofPng(answer.bytes).length, side);
      }
    }));

  test('refuses what it cannot do, with the limit', () =>
    withStoreFunction(qrcode, async ({ call }) => {
      for (const [target, body, status, code, said] of [
        ['/', '', 400, 'empty', /no text/],
        ['/', '\n', 400, 'empty', /no text/],
        ['/', 'a'.repeat(2954), 413, 'text-too-long', /2954 bytes; 2953 bytes are the most/],
        ['/?level=H', 'a'.repeat(1274), 413, 'text-too-long', /too many for level H/],
        ['/?format=gif', 'a', 400, 'no-such-format', /"gif"/],
        ['/?format=constructor', 'a', 400, 'no-such-format', /"constructor"/],
        ['/?level=X', 'a', 400, 'no-such-level', /"X"/],
        ['/?size=0', 'a', 400, 'bad-size', /"0"/],
        ['/?size=5000', 'a', 400, 'bad-size', /"5000"/],
        ['/?size=12', 'a', 400, 'size-too-small', /29 squares/],
      ] as const) {
        const answer = await call(target, { method: 'POST', body });
        const { error, message } = JSON.parse(answer.text);
        assert.deepEqual([answer.status, error], [status, code], target);
        assert.match(message, said);
      }
    }));
});
