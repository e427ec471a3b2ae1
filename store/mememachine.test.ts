// The function mememachine, with images from a server on loopback.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer, Deployed } from '../packages/runtime/node/function-in-test.ts';
import * as server from './image-server.fixtures.ts';
import { type Colour, hollowPng, look, near, picture, turned } from './pictures.fixtures.ts';
import { missing, withStoreFunction } from './store-function.fixtures.ts';

const meme = {
  folders: ['mememachine', 'image'] as [string, string],
  modules: ['@napi-rs/canvas', '@fontsource/anton'],
};
const skip = missing(meme);

const GREY: Colour = [0x77, 0x77, 0x77];
const isWhite = (colour: Colour) => near(colour, [255, 255, 255], 40);
const isBlack = (colour: Colour) => near(colour, [0, 0, 0], 40);
const isInk = (colour: Colour) => isWhite(colour) || isBlack(colour);

type Ask = (path: string, texts: Record<string, unknown>) => Promise<Answer>;

/** A function and a server; what it is asked for is a path at the server, or a whole address. */
const withMeme = (
  routes: Record<string, server.Route>,
  use: (ask: Ask, deployed: Deployed) => Promise<void>,
  env: Record<string, string> = {},
) =>
  server.withServer(routes, (base) =>
    withStoreFunction(
      meme,
      async (deployed) => {
        await use((path, texts) => {
          const image = path.startsWith('/') ? base + path : path;
          return deployed.call('/', { body: JSON.stringify({ image, ...texts }) });
        }, deployed);
      },
      env,
    ),
  );

describe('mememachine', { skip }, () => {
  test('writes both texts and leaves the rest alone', async () => {
    const routes = {
      '/photo.jpg': picture('jpeg', 944, 599),
      // The name and what a server says of it do not matter.
      '/drawing.jpg': picture('png', 640, 480),
    };
    await withMeme(routes, async (ask) => {
      for (const [path, format, width, height] of [
        ['/photo.jpg', 'jpeg', 944, 599],
        ['/drawing.jpg', 'png', 640, 480],
      ] as const) {
        const answer = await ask(path, { top: 'one does not simply', bottom: 'deploy on a Friday' });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.header('content-type'), `image/${format}`);
        const seen = await look(answer.bytes);
        assert.deepEqual([seen.format, seen.width, seen.height], [format, width, height]);
        const third = Math.floor(height / 3);
        for (const from of [0, 2 * third]) {
          const band = { from, to: from + third };
          assert.ok(seen.count(band, isWhite) > 0.05 * width * third, 'white letters');
          assert.ok(seen.count(band, isBlack) > 0.02 * width * third, 'black outlines');
        }
        const middle = { from: third + 8, to: 2 * third - 8, left: Math.floor(width / 5) };
        assert.equal(
          seen.count(middle, (colour) => !near(colour, GREY, format === 'png' ? 0 : 3)),
          0,
        );
      }
    });
  });

  test('writes one text where there is only one', async () => {
    await withMeme({ '/a': picture('png', 300, 300) }, async (ask) => {
      const bands = { top: { from: 0, to: 100 }, bottom: { from: 200, to: 300 } };
      for (const [texts, written, empty] of [
        [{ top: 'up' }, bands.top, bands.bottom],
        [{ top: '  ', bottom: 'down' }, bands.bottom, bands.top],
        [{ bottom: 42 }, bands.bottom, bands.top],
      ] as const) {
        const seen = await look((await ask('/a', texts)).bytes);
        assert.ok(seen.count(written, isWhite) > 300);
        assert.equal(seen.count(empty, isInk), 0);
      }
    });
  });

  test('keeps every text inside, however long, of whatever script', async () => {
    const routes = {
      '/wide': picture('png', 944, 599),
      '/tall': picture('png', 300, 700),
      '/strip': picture('png', 900, 90),
      '/tiny': picture('png', 12, 9),
      '/dot': picture('png', 1, 1),
    };
    const texts = [
      'A',
      'word '.repeat(60).trim(),
      'W'.repeat(300),
      'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen',
      'Åß Żółć Việt Nam, Q; gjpqy ÀÉÎ',
      '猫が好きです。とても好きです 한국어 ไทย',
      '😀 🏳️‍🌈 👩‍👩‍👧‍👦 ‼️',
      'עברית عربي',
      `z${'\u0300\u0301\u0302'.repeat(60)}`,
      '\u0007\ud800 \u202e \u200b x',
    ];
    await withMeme(routes, async (ask) => {
      for (const path of Object.keys(routes)) {
        for (const text of texts) {
          const answer = await ask(path, { top: text, bottom: text });
          assert.equal(answer.status, 200, answer.text);
          const { width, height, count } = await look(answer.bytes);
          if (width < 100) continue;
          const edge = Math.floor((Math.min(width, height) * 0.02) / 2);
          const said = `${path} ${text.slice(0, 20)}`;
          assert.ok(count({ from: 0, to: height / 3 }, isInk) > 20, `${said}: something is written`);
          for (const area of [
            { from: 0, to: height, right: edge },
            { from: 0, to: height, left: width - edge },
            { from: 0, to: edge },
            { from: height - edge, to: height },
            { from: Math.ceil(height / 3) + 1, to: Math.floor((height * 2) / 3) - 1 },
          ]) {
            assert.equal(count(area, isInk), 0, `${said}: ${JSON.stringify(area)}`);
          }
        }
      }
    });
  });

  test('writes in capitals unless told not to', async () => {
    await withMeme({ '/a': picture('png', 400, 300) }, async (ask) => {
      const bytes = async (texts: Record<string, unknown>) => (await ask('/a', texts)).bytes;
      const small = await bytes({ top: 'yes' });
      const large = await bytes({ top: 'YES' });
      const kept = await bytes({ top: 'yes', capitals: false });
      assert.deepEqual(small, large);
      assert.notDeepEqual(small, kept);
    });
  });

  test('gives the same bytes each time', async () => {
    const routes = { '/a.jpg': picture('jpeg', 500, 400), '/a.png': picture('png', 500, 400) };
    await withMeme(routes, async (ask) => {
      for (const path of Object.keys(routes)) {
        const first = await ask(path, { top: 'again', bottom: 'and again' });
        for (let i = 1; i < 20; i++) {
          const { bytes } = await ask(path, { top: 'again', bottom: 'and again' });
          assert.ok(bytes.equals(first.bytes), `${path}, time ${i}`);
        }
      }
    });
  });

  test('turns a photograph upright', async () => {
    const flat = picture('jpeg', 300, 200);
    const routes = Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7, 8].map((way) => [`/${way}`, turned(flat, way, way % 2 ? 'II' : 'MM')]),
    );
    // The stripe that lies at the left in the file.
    const side = ['left', 'right', 'right', 'left', 'top', 'top', 'bottom', 'bottom'];
    await withMeme(routes, async (ask) => {
      for (const [index, expected] of side.entries()) {
        const { width, height, at } = await look((await ask(`/${index + 1}`, { top: '.' })).bytes);
        assert.deepEqual([width, height], index < 4 ? [300, 200] : [200, 300]);
        const green = (x: number, y: number) => near(at(x, y), [0, 0xaa, 0]);
        const found = {
          left: green(4, height / 2),
          right: green(width - 5, height / 2),
          top: green(width * 0.75, 4),
          bottom: green(width * 0.75, height - 5),
        };
        const where = Object.entries(found).flatMap(([name, is]) => (is ? [name] : []));
        assert.deepEqual(where, [expected], `orientation ${index + 1}`);
      }
    });
  });

  test('stays below its memory with the largest picture', {
    skip: process.platform !== 'linux',
  }, async () => {
    await withMeme({ '/large': picture('jpeg', 4242, 3182) }, async (ask, { host }) => {
      for (let i = 0; i < 3; i++) {
        const answer = await ask('/large', { top: 'large', bottom: 'very large' });
        assert.equal(answer.status, 200, answer.text);
      }
      assert.ok(host.status('VmHWM') < 256 * 1024, `${host.status('VmHWM') >> 10} MiB`);
    });
  });
});

/** Paths and what they are refused with. */
const small = () => picture('jpeg', 60, 40);
const refusals: [string, server.Route, number, string, RegExp][] = [
  ['a text file', Buffer.from('just text\n'), 400, 'not-an-image', /is text, and neither/],
  ['a page', Buffer.from('<!doctype html><p>'), 400, 'not-an-image', /page of HTML/],
  ['a GIF', Buffer.from('GIF89a\x01\0\x01\0', 'latin1'), 400, 'not-an-image', /a GIF/],
  ['nothing', Buffer.alloc(0), 400, 'not-an-image', /empty/],
  ['an image that claims too much', hollowPng(30_000, 30_000), 413, 'too-many-pixels', /16384/],
  [
    'an image of too many pixels',
    hollowPng(5000, 5000),
    413,
    'too-many-pixels',
    /25 million of them, and 13.5/,
  ],
  ['an image with nothing in it', hollowPng(0, 5), 400, 'broken-image', /broken/],
  ['one that redirects for ever', server.redirect('?again'), 502, 'too-many-redirects', /after 3/],
  ['one that leads to a file', server.redirect('file:///etc/passwd'), 502, 'redirect-refused', /file:/],
  ['one that leads to data', server.redirect('data:image/png;base64,aaaa'), 502, 'redirect-refused', /data:/],
  ['one that leads nowhere', server.redirect('http://'), 502, 'redirect-refused', /http:/],
  ['a server that says no', (_, response) => response.writeHead(403).end(), 502, 'image-refused', /403/],
  ['a server that says nothing', server.silent, 504, 'too-slow', /0.5 seconds/],
  ['a body without end', server.endless, 413, 'image-too-large', /10 MiB/],
  [
    'a body that is said to be large',
    (_, response) => response.writeHead(200, { 'content-length': '20000000' }).write('x'),
    413,
    'image-too-large',
    /19.1 MiB, and 10 MiB/,
  ],
];

describe('mememachine refuses', { skip }, () => {
  test('what a server sends instead of an image', async () => {
    const jpeg = skip ? Buffer.alloc(0) : small();
    const png = skip ? Buffer.alloc(0) : picture('png', 60, 40);
    const all = [
      ...refusals,
      ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), 400, 'broken-image', /cut short/],
      ['half a PNG', png.subarray(0, png.length / 2), 400, 'broken-image', /cut short/],
      ['a body that ends early', server.broken(jpeg), 502, 'image-unreachable', /cannot be reached/],
    ] as typeof refusals;
    const routes = Object.fromEntries(all.map(([, route], index) => [`/${index}.png`, route]));
    routes[`/${refusals.findIndex(([name]) => name.includes('for ever'))}.png?again`] =
      server.redirect('?again');
    for (const slow of [false, true])
      await withMeme(
        routes,
        async (ask) => {
          for (const [index, [name, , status, code, message]] of all.entries()) {
            if ((code === 'too-slow') !== slow) continue;
            const answer = await ask(`/${index}.png`, { top: 'a' });
            assert.equal(answer.status, status, `${name}: ${answer.text}`);
            assert.equal(answer.header('content-type'), 'application/json');
            const said = JSON.parse(answer.text);
            assert.deepEqual(Object.keys(said), ['error', 'message', 'next']);
            assert.equal(said.error, code, name);
            assert.match(said.message, message);
            assert.match(said.next, /^[A-Z].*\.$/);
          }
        },
        slow ? { image_timeout_ms: '500' } : {},
      );
  });

  test('an address that is not one of the web, or that nobody answers at', async () => {
    await withMeme(
      { '/a': server.redirect('/b'), '/b': server.redirect('/c'), '/c': small() },
      async (ask) => {
        assert.equal((await ask('/a', { top: 'after two redirects' })).status, 200);
        for (const image of [
          'file:///etc/passwd',
          'ftp://example.test/a',
          'cat.jpg',
          'http://',
          'http://a:b@c/',
        ]) {
          const answer = await ask(image, { top: 'a' });
          assert.deepEqual([answer.status, JSON.parse(answer.text).error], [400, 'not-a-url'], image);
        }
        const nobody = await ask('http://127.0.0.1:1/a.png', { top: 'a' });
        assert.equal(nobody.status, 502);
        assert.match(
          JSON.parse(nobody.text).message,
          /127\.0\.0\.1:1 cannot be reached: .*bad port|ECONNREFUSED/,
        );
      },
    );
  });

  test('for want of a network, and says what to deploy it with', async () => {
    await withMeme(
      {},
      async (ask) => {
        const said = JSON.parse((await ask('http://127.0.0.1:9/a.png', { top: 'a' })).text);
        assert.equal(said.error, 'no-network');
        assert.match(said.next, /com\.wherry\.network: internet/);
      },
      { WHERRY_NETWORK: 'none' },
    );
  });

  test('requests that do not say what to do', () =>
    withStoreFunction(meme, async ({ call }) => {
      const image = 'http://127.0.0.1:9/a.png';
      for (const [body, status, code] of [
        ['', 400, 'bad-json'],
        ['hello', 400, 'bad-json'],
        ['null', 400, 'image-missing'],
        ['[]', 400, 'image-missing'],
        ['{"top": "a"}', 400, 'image-missing'],
        [JSON.stringify({ image: 7, top: 'a' }), 400, 'not-a-url'],
        [JSON.stringify({ image }), 400, 'text-missing'],
        [JSON.stringify({ image, top: ' \n', bottom: null }), 400, 'text-missing'],
        [JSON.stringify({ image, top: ['a'] }), 400, 'bad-text'],
        [JSON.stringify({ image, top: 'a'.repeat(301) }), 413, 'text-too-long'],
      ] as const) {
        const answer = await call('/', { method: 'POST', body });
        assert.deepEqual([answer.status, JSON.parse(answer.text).error], [status, code], body.slice(0, 60));
      }
    }));
});
