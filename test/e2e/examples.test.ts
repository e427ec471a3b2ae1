// The examples that need nothing but the gateway and, for one, npm's registry: built and deployed as their pages say, and called.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';
import { unreachable } from './online.ts';

const timeout = 120_000;
// Whom this machine trusts, for a registry behind a proxy of its own.
const authorities = process.env['NODE_EXTRA_CA_CERTS'];
const gateway = await Gateway.start(
  { after },
  { env: authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities } },
);

/** A copy of an example, as somebody has it who has cloned the repository. */
function example(t: Pick<TestContext, 'after'>, name: string): Project {
  const project = Project.at(t, gateway);
  cpSync(join(import.meta.dirname, '../../examples', name), project.folder, { recursive: true });
  return project;
}

const errorOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: string }).error;

const noRegistry = await unreachable('https://registry.npmjs.org/@napi-rs%2fcanvas');

const noGrants =
  process.getuid?.() === 0
    ? spawnSync('bwrap', ['--version']).error !== undefined && 'bubblewrap is not installed'
    : 'grants of level full need root';

test('thumbnail', { skip: noRegistry, timeout }, async (t) => {
  const project = example(t, 'thumbnail');
  await project.did('up');
  const made = async (body: Uint8Array, query: string): Promise<readonly [string | null, number, number]> => {
    const response = await gateway.call('thumbnail', post(body), query);
    assert.equal(response.status, 200);
    const image = await loadImage(Buffer.from(await response.arrayBuffer()));
    return [response.headers.get('content-type'), image.width, image.height];
  };
  const canvas = createCanvas(640, 480);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#cc3300';
  pen.fillRect(0, 0, 320, 480);
  const [jpeg, png] = [canvas.toBuffer('image/jpeg', 90), canvas.toBuffer('image/png')];

  await t.test('keeps its kind and its proportions', async () => {
    assert.deepEqual(await made(jpeg, '?width=200'), ['image/jpeg', 200, 150]);
    assert.deepEqual(await made(png, '?height=96'), ['image/png', 128, 96]);
    assert.deepEqual(await made(png, '?width=100&height=10'), ['image/png', 13, 10], 'fits into both');
    assert.deepEqual(await made(jpeg, '?width=2000'), ['image/jpeg', 640, 480], 'never larger');
  });

  await t.test('has the same picture on it, and nothing where nothing was', async () => {
    const response = await gateway.call('thumbnail', post(png), '?width=64');
    const small = createCanvas(64, 48);
    const context = small.getContext('2d');
    context.drawImage(await loadImage(Buffer.from(await response.arrayBuffer())), 0, 0);
    assert.deepEqual([...context.getImageData(10, 24, 1, 1).data], [0xcc, 0x33, 0x00, 0xff]);
    assert.equal(context.getImageData(54, 24, 1, 1).data[3], 0);
  });

  await t.test('is made by the command line too', async () => {
    const child = project.start(['invoke', 'thumbnail', '--query', 'width=32']);
    child.stdin.end(png);
    const pieces: Buffer[] = await child.stdout.toArray();
    assert.equal((await loadImage(Buffer.concat(pieces))).width, 32);
  });

  await t.test('what is too much is 413, what makes no sense is 400, with the reason', async () => {
    const huge = Buffer.from(png);
    huge.writeUInt32BE(10_000, 16);
    huge.writeUInt32BE(10_000, 20);
    const wrong: readonly (readonly [Uint8Array, string, number, RegExp])[] = [
      [huge, '?width=10', 413, /10000 × 10000 pixels; 20 million are the most/],
      [jpeg, '?width=0', 400, /width is a whole number from 1 to 2000/],
      [jpeg, '?width=2001', 400, /from 1 to 2000/],
      [jpeg, '?height=1e3', 400, /height is a whole number/],
      [jpeg, '', 400, /\?width=200/],
      [Buffer.from('GIF89a'), '?width=10', 400, /not a JPEG or PNG/],
      [Buffer.alloc(0), '?width=10', 400, /not a JPEG or PNG/],
      [png.subarray(0, 60), '?width=10', 400, /broken/],
      [Buffer.from([0xff, 0xd8, 0xff, 0xff, 0xff]), '?width=10', 400, /not a JPEG or PNG/],
    ];
    for (const [body, query, status, why] of wrong) {
      const response = await gateway.call('thumbnail', post(body), query);
      assert.equal(response.status, status, `${query} ${why}`);
      assert.match(await errorOf(response), why);
    }
    const long = await gateway.call('thumbnail', post(Buffer.alloc(10 * 2 ** 20 + 1)), '?width=10');
    assert.equal(long.status, 413);
    assert.deepEqual(await made(jpeg, '?width=20'), ['image/jpeg', 20, 15], 'and goes on');
  });
});

const post = (body: Uint8Array, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  body: body as Uint8Array<ArrayBuffer>,
  headers,
});

describe('webhook', { timeout }, () => {
  const key = "It's a Secret to Everybody";
  const bytes = Buffer.from([0, 0xff, 0xfe, 10, 13, 0x80, 0]);
  const signed = (body: Uint8Array | string, secret = key): string =>
    `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const send = async (
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): Promise<readonly [number, unknown]> => {
    const response = await gateway.call('webhook', post(body, headers));
    return [response.status, await response.json()];
  };
  const now = (): number => Math.floor(Date.now() / 1000);
  const stamped = (body: string, time: string): Readonly<Record<string, string>> => ({
    'x-webhook-timestamp': time,
    'x-hub-signature-256': signed(`${time}.${body}`),
  });
  const lifetime = { after: (fn: () => void) => after(fn) };
  const project = example(lifetime, 'webhook');

  test('is deployed with its secret, and not without', async () => {
    const refused = await project.wherry(['up']);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /webhook-secret does not exist[\s\S]*wherry secret create webhook-secret/);
    project.write({ key: `${key}\n` });
    await project.did('secret', 'create', 'webhook-secret', '--from-file', 'key');
    await project.did('up');
  });

  test('what GitHub sends is taken', async () => {
    // The example of GitHub's documentation.
    const body = Buffer.from('Hello, World!');
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const headers = { 'x-hub-signature-256': signature, 'x-github-event': 'ping' };
    assert.deepEqual(await send(body, headers), [200, { received: 'ping', bytes: 13 }]);
    const push = Buffer.from('{"repository": {"full_name": "octocat/hello"}}');
    const type = { 'content-type': 'application/json', 'x-github-event': 'push' };
    assert.equal((await send(push, { ...type, 'x-hub-signature-256': signed(push) }))[0], 200);
    assert.match((await project.did('logs', 'webhook')).out, /event: push octocat\/hello 46 bytes/);
  });

  test('what wherry invoke --sign sends is taken', async () => {
    const sign = ['invoke', 'webhook', '--sign', 'X-Hub-Signature-256', '--key'];
    const good = await project.wherry([...sign, key], bytes);
    assert.deepEqual(JSON.parse(good.out), { received: 'none', bytes: 7 });
    const bad = await project.wherry([...sign, 'another'], bytes);
    assert.deepEqual([bad.code, JSON.parse(bad.out)], [8, { error: 'the signature does not match' }]);
  });

  test('bytes that are no text are signed as they are, and an empty body too', async () => {
    for (const body of [bytes, Buffer.alloc(0), Buffer.alloc(1_000_000, 0xee)]) {
      const [status] = await send(body, { 'x-hub-signature-256': signed(body) });
      assert.equal(status, 200);
      const [other] = await send(Buffer.concat([body, Buffer.alloc(1)]), {
        'x-hub-signature-256': signed(body),
      });
      assert.equal(other, 401);
    }
  });

  test('everything else is 401', async () => {
    const good = signed(bytes);
    const missing = { error: 'the header X-Hub-Signature-256 is missing' };
    const differs = { error: 'the signature does not match' };
    assert.deepEqual(await send(bytes, {}), [401, missing]);
    for (const signature of [
      '',
      'sha256=',
      good.replace('sha256=', ''),
      good.replace('sha256=', 'sha1='),
      good.toUpperCase(),
      `${good}0`,
      good.slice(0, -1),
      'sha256=\u00e9',
      signed(bytes, ''),
      signed(bytes, `${key}\n`),
    ])
      assert.deepEqual(await send(bytes, { 'x-hub-signature-256': signature }), [401, differs], signature);
  });

  test('a message with a time is good for five minutes, and the time can’t be changed', async () => {
    const body = Buffer.from('{}');
    const at = async (time: string): Promise<readonly [number, unknown]> => send(body, stamped('{}', time));
    assert.equal((await at(String(now())))[0], 200);
    assert.equal((await at(String(now() - 240)))[0], 200);
    const old = 'the message is older than 5 minutes, or from the future';
    for (const time of [now() - 360, now() + 360, 0])
      assert.deepEqual(await at(String(time)), [401, { error: old }]);
    for (const time of ['soon', '1e9', '-1', ''])
      assert.match(JSON.stringify(await at(time)), /401.*not a number of seconds/);
    const forged = { ...stamped('{}', String(now() - 360)), 'x-webhook-timestamp': String(now()) };
    assert.deepEqual(await send(body, forged), [401, { error: 'the signature does not match' }]);
    const added = { 'x-hub-signature-256': signed('{}'), 'x-webhook-timestamp': String(now()) };
    assert.equal((await send(body, added))[0], 401);
  });

  test('with require_timestamp what has none is refused, and an empty secret accepts nothing', async () => {
    await project.did('up', '-e', 'require_timestamp=true');
    const caught = String(now() - 360);
    const stripped = { 'x-hub-signature-256': signed(`${caught}.{}`) };
    const [status, answer] = await send(Buffer.from(`${caught}.{}`), stripped);
    assert.deepEqual([status, answer], [401, { error: 'the header X-Webhook-Timestamp is missing' }]);
    assert.equal((await send(Buffer.from('{}'), stamped('{}', String(now()))))[0], 200);

    project.write({ empty: '\n' });
    await project.did('secret', 'update', 'webhook-secret', '--from-file', 'empty', '--no-trim');
    await project.did('up', '-e', 'require_timestamp=false');
    const empty = { 'x-hub-signature-256': signed('{}', '') };
    let last = await send(Buffer.from('{}'), empty);
    // An instance sees a new value within two seconds.
    while (last[0] === 401) last = await send(Buffer.from('{}'), empty);
    assert.deepEqual(last, [500, { error: 'the receiver is not set up' }]);
  });
});

test('chat-stream', { timeout }, async (t) => {
  const project = example(t, 'chat-stream');
  await project.did('up');
  const events = (text: string): readonly (readonly [string, unknown])[] =>
    [...text.matchAll(/event: (.*)\ndata: (.*)\n\n/g)].map(([, name = '', data = '']) => [
      name,
      JSON.parse(data) as unknown,
    ]);

  await t.test('answers word by word', async () => {
    const response = await gateway.call('chat-stream', { method: 'POST', body: 'Is it\nwarm outside?' });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const all = events(await response.text());
    const words = all.slice(0, -1).map(([name, data]) => {
      assert.equal(name, 'word');
      return (data as { word: string }).word;
    });
    assert.match(words.join(' '), /^You asked 4 words, and the last one was outside\. .* word by word\.$/);
    assert.deepEqual(all.at(-1), ['done', { words: words.length }]);
    const asked = await gateway.call('chat-stream', {}, '?q=Is+it%20warm%3F');
    assert.match(await asked.text(), /"3"/);
    const nothing = await gateway.call('chat-stream', { method: 'POST', body: ' ' });
    assert.equal(nothing.status, 400);
  });

  await t.test(
    'the first event is there before the second is made, and a caller who leaves ends it',
    async () => {
      // Ten minutes from word to word: whatever arrives can't have waited for the next.
      await project.did('up', '-e', 'pause_ms=600000');
      const log = project.start(['logs', 'chat-stream', '-f', '--lines', '0']);
      t.after(() => log.kill());
      const response = await gateway.call('chat-stream', { method: 'POST', body: 'hello' });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      const { value } = await reader.read();
      assert.deepEqual(events(Buffer.from(value ?? []).toString()), [['word', { word: 'You' }]]);
      await reader.cancel();
      let written = '';
      for await (const piece of log.stdout) if ((written += String(piece)).includes('caller left')) break;
      assert.match(written, /said 1 of \d+ words, and the caller left/);
    },
  );
});

test('daily-report', { skip: noGrants, timeout }, async (t) => {
  const project = example(t, 'daily-report');
  await project.did('up');
  /** As cron calls it. */
  const report = async (order: unknown, format = 'text'): Promise<string> => {
    const args = ['invoke', 'daily-report', '--query', `format=${format}`];
    const said = await project.wherry(args, JSON.stringify(order));
    assert.equal(said.code, 0, said.all);
    return said.out;
  };
  const tea = { item: 'Tea', count: 2, cents: 275 };
  const bread = { item: '<b>Bread\n', count: 10, cents: 1 };
  const none = { item: 'Cake', count: 0, cents: 500 };

  await t.test('says what it is given, and the sums are right', async () => {
    const text = await report({ date: '2026-03-01', sales: [tea, none, bread] });
    assert.equal(
      text,
      'Sales of 2026-03-01\n\n<b>Bread  10  0.01  0.10\nTea        2  2.75  5.50\nTotal     12        5.60\n',
    );
    const html = await report({ date: '2026-03-01', sales: [tea, none, bread] }, 'html');
    assert.match(html, /<td>&lt;b&gt;Bread<\/td><td>10<\/td><td>0\.01<\/td><td>0\.10<\/td>/);
    assert.match(html, /<th>Total<\/th><th>12<\/th><th><\/th><th>5\.60<\/th>/);
    assert.match(await report({ date: '2026-03-01', sales: [] }), /^Total {2}0 {4}0\.00$/m);
  });

  await t.test('asks the other function, and adds up what it says', async () => {
    const { sales } = JSON.parse(await gateway.said('sales', '', '?date=2026-03-07')) as {
      sales: { count: number; cents: number }[];
    };
    const count = sales.reduce((sum, one) => sum + one.count, 0);
    const cents = sales.reduce((sum, one) => sum + one.count * one.cents, 0);
    const text = await report({ date: '2026-03-07' });
    const [, counted, total] = /^Total +(\d+) +(\d+\.\d\d)$/m.exec(text) ?? [];
    assert.deepEqual([counted, total], [String(count), (cents / 100).toFixed(2)]);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    assert.ok([yesterday, new Date().toISOString().slice(0, 10)].includes((await report({})).slice(9, 19)));
  });

  await t.test('is the same for the same day, whoever makes it and in whatever order', async () => {
    for (const format of ['text', 'html']) {
      const order = { method: 'POST', body: '{"date":"2026-03-09"}' };
      const call = (): Promise<Response> => gateway.call('daily-report', order, `?format=${format}`);
      const [one, two] = [await call(), await call()];
      assert.equal(await one.text(), await two.text());
      assert.equal(one.headers.get('etag'), two.headers.get('etag'));
      assert.notEqual(one.headers.get('etag'), null);
    }
    const before = await report({ date: '2026-03-10' });
    // Instances that know nothing of the calls before.
    await project.did('up', '-e', 'fresh=yes');
    assert.equal(await report({ date: '2026-03-10' }), before);
    const [first, second] = [
      [tea, bread],
      [bread, tea],
    ].map((sales) => report({ date: '2026-03-01', sales }));
    assert.equal(await first, await second);
  });

  await t.test('what is wrong is said', async () => {
    const wrong: readonly (readonly [string, string, number, RegExp])[] = [
      ['{', '', 400, /not JSON/],
      ['[]', '', 400, /not a JSON object/],
      ['{"date":"yesterday"}', '', 400, /not a day such as 2026-03-01/],
      ['{"date":"2026-02-30"}', '', 400, /not a day/],
      ['{"date":20260301}', '', 400, /not a day/],
      ['{"date":""}', '', 400, /not a day/],
      ['{}', '?format=pdf', 400, /text, html/],
      ['{"sales":[{"item":"Tea"}]}', '', 400, /item, count and cents/],
      ['{"sales":[{"item":"Tea","count":1.5,"cents":1}]}', '', 400, /whole numbers/],
    ];
    for (const [body, query, status, why] of wrong) {
      const response = await gateway.call('daily-report', { method: 'POST', body }, query);
      assert.equal(response.status, status, body);
      assert.match(await errorOf(response), why);
    }
    await project.did('remove', 'sales');
    const said = await project.wherry(['invoke', 'daily-report', '-d', '{}']);
    assert.equal(said.code, 8);
    assert.match(said.out, /function\/sales\?date=[\d-]+ answered 404/);
  });
});
