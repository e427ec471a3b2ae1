// The function colorise.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as server from './image-server.fixtures.ts';
import { type Colour, hollowPng, look, near, picture, turned } from './pictures.fixtures.ts';
import { callStreamed, missing, withStoreFunction } from './store-function.fixtures.ts';

const colorise = { folders: ['colorise', 'image'] as [string, string], modules: ['@napi-rs/canvas'] };
const skip = missing(colorise);

describe('colorise', { skip }, () => {
  test('gives brightness its colour, in the format that came and at the same size', () =>
    withStoreFunction(colorise, async ({ call }) => {
      // More rows than one strip has.
      for (const format of ['png', 'jpeg'] as const) {
        const answer = await call('/?dark=000080&light=ffff00', { body: picture(format, 200, 300) });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.header('content-type'), `image/${format}`);
        const seen = await look(answer.bytes);
        assert.deepEqual([seen.format, seen.width, seen.height], [format, 200, 300]);
        // Grey of 0x77 is 47 percent of the way; the green stripe is as bright as 121.
        const [grey, green]: Colour[] = [
          [119, 119, 68],
          [121, 121, 67],
        ];
        for (const y of [0, 127, 128, 299]) {
          assert.ok(near(seen.at(150, y), grey as Colour, 8), `${seen.at(150, y)}`);
          assert.ok(near(seen.at(5, y), green as Colour, 8), `${seen.at(5, y)}`);
        }
      }
    }));

  test('has palettes, and turns photographs upright', () =>
    withStoreFunction(colorise, async ({ call }) => {
      const colours: Colour[] = [];
      const photo = turned(picture('jpeg', 90, 60), 6);
      for (const palette of ['sepia', 'cyanotype', 'heat', 'sunset', 'forest']) {
        const seen = await look((await call(`/?palette=${palette}`, { body: photo })).bytes);
        assert.deepEqual([seen.width, seen.height], [60, 90]);
        colours.push(seen.at(30, 60));
      }
      assert.equal(new Set(colours.map(String)).size, 5);
      const usual = await look((await call('/', { body: photo })).bytes);
      assert.deepEqual(usual.at(30, 60), colours[0]);
    }));

  test('fetches an image that the request names', () =>
    server.withServer({ '/a': picture('png', 20, 10) }, (base) =>
      withStoreFunction(colorise, async ({ call }) => {
        const answer = await call('/', { body: JSON.stringify({ image: `${base}/a`, palette: 'heat' }) });
        assert.equal(answer.status, 200, answer.text);
        assert.equal((await look(answer.bytes)).width, 20);
        const gone = await call('/', { body: JSON.stringify({ image: `${base}/b` }) });
        assert.deepEqual([gone.status, JSON.parse(gone.text).error], [502, 'image-refused']);
      }),
    ));

  test('refuses what it cannot do', () =>
    withStoreFunction(colorise, async ({ call }) => {
      const image = picture('png', 5, 5);
      for (const [target, body, status, code] of [
        ['/', '', 400, 'image-missing'],
        ['/', 'text', 400, 'not-an-image'],
        ['/', '{"image": ', 400, 'bad-json'],
        ['/', '{"picture": "http://a/"}', 400, 'not-a-url'],
        ['/', image.subarray(0, 40), 400, 'broken-image'],
        ['/', hollowPng(30_000, 30_000), 413, 'too-many-pixels'],
        ['/?palette=constructor', image, 400, 'no-such-palette'],
        ['/?palette=heat&palette=sepia', image, 400, 'no-such-palette'],
        ['/?dark=000000', image, 400, 'no-such-colour'],
        ['/?dark=black&light=white', image, 400, 'no-such-colour'],
      ] as const) {
        const answer = await call(target, { method: 'POST', body });
        assert.deepEqual([answer.status, JSON.parse(answer.text).error], [status, code], `${target} ${code}`);
      }
    }));

  test('refuses a body of more than 10 MiB, and takes one that comes in pieces', () =>
    withStoreFunction(colorise, async (deployed) => {
      const large = await callStreamed(deployed, '/', Buffer.alloc(10 * 2 ** 20 + 1));
      assert.deepEqual([large.status, JSON.parse(String(large.body)).error], [413, 'image-too-large']);
      const streamed = await callStreamed(deployed, '/', picture('png', 30, 20));
      assert.equal((await look(streamed.body)).width, 30);
    }));

  test('stays below its memory with the largest picture', { skip: process.platform !== 'linux' }, () =>
    withStoreFunction(colorise, async ({ call, host }) => {
      const large = picture('jpeg', 4242, 3182);
      for (let i = 0; i < 3; i++) {
        const answer = await call('/?palette=heat', { body: large });
        assert.equal(answer.status, 200, answer.text);
      }
      assert.ok(host.status('VmHWM') < 256 * 1024, `${host.status('VmHWM') >> 10} MiB`);
    }),
  );
});
