import type { Loaded } from '@wherry/core/instance';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Channel } from '@wherry/core/ports/forwarder';
import { FramesForwarder } from './forwarder.ts';
import {
  chunk,
  frame,
  lastChunk,
  Listener,
  type Peer,
  request,
  ScriptedHost,
} from './scripted-host.fixtures.ts';

const load = 1,
  loaded = 2,
  call = 3,
  answer = 4,
  head = 5,
  fetch = 6,
  cancel = 7,
  done = 8,
  ping = 9,
  pong = 10,
  stop = 11;
const fault = 2;

interface On {
  readonly host: ScriptedHost;
  readonly forwarder: FramesForwarder;
  readonly channel: Channel;
  readonly lane: Peer;
  /** How often the loss of the channel was told. */
  lost: number;
  whenLost: Promise<void>;
}

function lane(sentence: string, body: (on: On) => Promise<void>): void {
  test(sentence, { timeout: 20_000 }, async () => {
    const host = await ScriptedHost.listen();
    const forwarder = new FramesForwarder();
    const on = { host, forwarder, lost: 0 } as On & { channel: Channel; lane: Peer };
    let tell: () => void = () => undefined;
    on.whenLost = new Promise((resolve) => (tell = resolve));
    on.channel = await forwarder.open({ kind: 'frames', path: host.path }, () => {
      on.lost += 1;
      tell();
    });
    on.lane = await host.peer(0);
    try {
      await body(on);
    } finally {
      on.channel.close();
      host.close();
    }
  });
}

const ok = (id: number, body: string) => frame({ id, type: answer, status: 200, body });

lane('a small call and its answer travel as one frame each', async ({ channel, lane: host }) => {
  const heard = new Listener();
  channel.forward(
    request({ method: 'POST', path: '/a?b', headers: ['X-A', '1'], body: Buffer.from('hi'), leftMs: 1500.9 }),
    heard,
  );
  const got = await host.frame();
  assert.deepEqual(
    { ...got, id: 0, body: got.body.toString() },
    { id: 0, type: call, flags: 0, status: 0, aux: 1500, head: 'POST /a?b\nX-A:1\n', body: 'hi' },
  );
  assert.notEqual(got.id, 0, 'id 0 is no call');
  host.send(frame({ id: got.id, type: answer, status: 201, head: 'X-B:2\n', body: 'ho' }));
  await heard.settlement;
  assert.deepEqual(heard.heard, ['whole', 'settled']);
  assert.deepEqual(
    [heard.status, heard.headers, heard.body.toString(), heard.faulted],
    [201, ['X-B', '2'], 'ho', false],
  );
});

lane('an answer that the host made because the handler failed says so', async ({ channel, lane: host }) => {
  const heard = new Listener();
  channel.forward(request(), heard);
  host.send(frame({ id: (await host.frame()).id, type: answer, flags: fault, status: 500 }));
  await heard.settlement;
  assert.equal(heard.faulted, true);
});

lane(
  'the calls of one turn leave in one write, and their answers may come in any order',
  async ({ channel, lane: host }) => {
    const heard = Array.from({ length: 200 }, () => new Listener());
    let reads = 0;
    const calls: { id: number; text: string }[] = [];
    heard.forEach((one, i) => channel.forward(request({ body: Buffer.from(String(i)) }), one));
    host.socket.on('readable', () => (reads += 1));
    for (let i = 0; i < 200; i++) {
      const got = await host.frame();
      calls.push({ id: got.id, text: got.body.toString() });
    }
    assert.ok(reads <= 2, `${reads} reads for 200 calls`);
    assert.equal(new Set(calls.map(({ id }) => id)).size, 200, 'no two open calls share an id');
    for (const { id, text } of calls.toReversed()) host.send(ok(id, `for ${text}`));
    await Promise.all(heard.map((one) => one.settlement));
    heard.forEach((one, i) => {
      assert.equal(one.body.toString(), `for ${i}`);
      assert.deepEqual(one.heard, ['whole', 'settled']);
    });
  },
);

lane(
  'a cancelled call is told to the host, hears nothing more, and is settled by DONE and not before',
  async ({ channel, lane: host }) => {
    const heard = new Listener();
    const going = channel.forward(request(), heard);
    const { id } = await host.frame();
    going.cancel();
    going.cancel();
    assert.deepEqual([(await host.frame()).type, heard.heard.length], [cancel, 0]);
    const alive = channel.ping(5000);
    const asked = await host.frame();
    assert.equal(asked.type, ping, 'the second cancel said nothing');
    host.send(frame({ type: pong, id: asked.id }));
    assert.equal(await alive, true);
    assert.deepEqual(heard.heard, [], 'what came on the lane meanwhile did not settle it');
    host.send(frame({ id, type: done }));
    await heard.settlement;
    assert.deepEqual(heard.heard, ['settled']);
  },
);

lane('an answer that crosses a cancel is dropped, and settles it', async ({ channel, lane: host }) => {
  const heard = new Listener();
  const going = channel.forward(request(), heard);
  const { id } = await host.frame();
  going.cancel();
  host.send(ok(id, 'late'));
  await heard.settlement;
  assert.deepEqual(heard.heard, ['settled']);
});

lane(
  'a streamed answer that crosses a cancel is not over before the host says so: its id is not given to another',
  async ({ channel, lane: host }) => {
    const cancelled = new Listener();
    const going = channel.forward(request(), cancelled);
    const { id } = await host.frame();
    going.cancel();
    host.send(frame({ id, type: head, status: 200, aux: 1 }));
    await host.frame();
    const alive = channel.ping(5000);
    host.send(frame({ type: pong, id: (await host.frame()).id }));
    await alive;
    const heard = new Listener();
    channel.forward(request(), heard);
    const second = await host.frame();
    assert.notEqual(second.id, id);
    host.send(frame({ id, type: done }), ok(second.id, 'mine'));
    await heard.settlement;
    assert.equal(heard.body.toString(), 'mine');
    assert.deepEqual(cancelled.heard, ['settled']);
  },
);

lane('while an answer streams, its id belongs to it', async ({ channel, host, lane: first }) => {
  const streaming = new Listener();
  channel.forward(request(), streaming);
  const { id } = await first.frame();
  first.send(frame({ id, type: head, status: 200, aux: 1 }));
  const side = await host.peer(1);
  await side.frame();
  const other = new Listener();
  channel.forward(request(), other);
  const second = await first.frame();
  assert.notEqual(second.id, id, 'a host takes a second call of an open id for a broken gateway');
  first.send(ok(second.id, ''));
  side.send(chunk('x'), lastChunk);
  await Promise.all([streaming.settlement, other.settlement]);
  const third = new Listener();
  channel.forward(request(), third);
  const again = await first.frame();
  assert.ok([id, second.id].includes(again.id), 'then it is free again');
});

lane(
  'DONE for a call that nobody cancelled is no answer: the call fails',
  async ({ channel, lane: host }) => {
    const heard = new Listener();
    channel.forward(request(), heard);
    host.send(frame({ id: (await host.frame()).id, type: done }));
    await heard.settlement;
    assert.deepEqual(heard.heard, ['failed', 'settled']);
    assert.equal(heard.failure?.kind, 'garbled');
  },
);

for (const [how, end] of [
  ['closes it', (peer: Peer) => peer.socket.end()],
  ['is killed', (peer: Peer) => peer.socket.destroy()],
  ['sends a frame larger than any', (peer: Peer) => peer.send(frame({ size: 2 ** 21 }))],
  ['sends a head longer than its frame', (peer: Peer) => peer.send(frame({ headSize: 99 }))],
  [
    'sends what is no frame at all',
    (peer: Peer) => peer.send(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')),
  ],
] as const)
  lane(
    `when the host ${how}, every call on the lane fails once and is settled once, and the loss is told once`,
    async (on) => {
      const heard = Array.from({ length: 5 }, () => new Listener());
      const going = heard.map((one) => on.channel.forward(request(), one));
      for (let i = 0; i < 5; i++) await on.lane.frame();
      going[4]?.cancel();
      await on.lane.frame();
      end(on.lane);
      await Promise.all(heard.map((one) => one.settlement));
      await on.whenLost;
      for (const one of heard.slice(0, 4)) {
        assert.deepEqual(one.heard, ['failed', 'settled']);
        assert.deepEqual([one.failure?.kind, one.failure?.sent], ['lost', true]);
      }
      assert.deepEqual(heard[4]?.heard, ['settled'], 'the cancelled one has nobody to tell');
      on.channel.close();
      assert.equal(on.lost, 1);
      for (const one of heard.slice(0, 4)) assert.equal(one.heard.length, 2);
    },
  );

lane('a call to a host that is gone reports that nothing of it was sent', async (on) => {
  on.lane.socket.destroy();
  await on.whenLost;
  const heard = new Listener();
  on.channel.forward(request(), heard);
  assert.deepEqual(heard.heard, [], 'not before forward has returned');
  await heard.settlement;
  assert.deepEqual(heard.failure?.kind, 'unreachable');
  assert.equal(heard.failure?.sent, false);
  assert.equal(await on.channel.ping(10_000), false, 'at once');
});

lane('close fails the calls that are open, tells no loss, and can be repeated', async (on) => {
  const heard = new Listener();
  on.channel.forward(request(), heard);
  await on.lane.frame();
  const loading = assert.rejects(
    on.channel.load({
      namespace: 'n',
      name: 'f',
      version: 1,
      code: '/c',
      entry: 'e',
      signature: 'auto',
      concurrency: 0,
      env: {},
      contained: true,
    }),
    { code: 'deploy_failed' },
  );
  on.channel.close();
  on.channel.close();
  await Promise.all([heard.settlement, loading]);
  assert.deepEqual(heard.heard, ['failed', 'settled']);
  await on.lane.ended();
  assert.equal(on.lost, 0);
});

lane(
  'answers to unknown calls, answers given twice and unknown frames harm nobody',
  async ({ channel, lane: host }) => {
    const heard = new Listener();
    channel.forward(request(), heard);
    const { id } = await host.frame();
    host.send(
      ok(id + 1, 'x'),
      ok(0, 'x'),
      ok(0xffffffff, 'x'),
      frame({ id: 77, type: done }),
      frame({ type: pong, id: 99 }),
    );
    host.send(
      frame({ type: 200, id, head: 'not: read' }),
      frame({ type: call, id }),
      frame({ type: stop }),
      frame({ type: load }),
      frame({ type: loaded, head: '{}' }),
    );
    host.send(
      ok(id, 'mine'),
      ok(id, 'again'),
      frame({ id, type: head, status: 200, aux: 1 }),
      frame({ id, type: done }),
    );
    await heard.settlement;
    const next = new Listener();
    channel.forward(request(), next);
    host.send(ok((await host.frame()).id, 'next'));
    await next.settlement;
    assert.deepEqual([heard.heard, heard.body.toString()], [['whole', 'settled'], 'mine']);
    assert.deepEqual([next.heard, next.body.toString()], [['whole', 'settled'], 'next']);
  },
);

lane(
  'an answer that HTTP cannot say fails as garbled, and the lane goes on',
  async ({ channel, lane: host }) => {
    const bad: Parameters<typeof frame>[0][] = [
      { head: 'no colon\n', status: 200 },
      { head: 'X:a\0b\n', status: 200 },
      { head: 'X:a\rSet-Cookie: b\n', status: 200 },
      { head: 'bad name:b\n', status: 200 },
      ...[0, 1, 99, 100, 101, 199, 600, 999, 1000, 65_535].map((status) => ({ status })),
      { status: 0, type: head, aux: 1 },
      { status: 200, head: 'no colon\n', type: head, aux: 1 },
    ];
    for (const said of bad) {
      const heard = new Listener();
      channel.forward(request(), heard);
      const { id } = await host.frame();
      host.send(frame({ type: answer, ...said, id }));
      if (said.type === head) {
        assert.equal((await host.frame()).type, cancel, 'it holds a stream that nobody will fetch');
        host.send(frame({ id, type: done }));
      }
      await heard.settlement;
      assert.deepEqual(heard.heard, ['failed', 'settled'], JSON.stringify(said));
      assert.equal(heard.failure?.kind, 'garbled');
    }
    for (const status of [200, 204, 304, 418, 599]) {
      const heard = new Listener();
      channel.forward(request(), heard);
      host.send(frame({ type: answer, status, id: (await host.frame()).id }));
      await heard.settlement;
      assert.equal(heard.status, status);
    }
  },
);

lane(
  'a streamed answer is announced on the lane and fetched on a connection of its own',
  async ({ channel, host, lane: first }) => {
    const heard = new Listener();
    channel.forward(request(), heard);
    first.send(frame({ id: (await first.frame()).id, type: head, status: 206, head: 'X:1\n', aux: 41 }));
    const side = await host.peer(1);
    const fetched = await side.frame();
    assert.deepEqual([fetched.type, fetched.aux], [fetch, 41]);
    assert.deepEqual([heard.heard, heard.status, heard.headers], [['head'], 206, ['X', '1']]);
    // The first piece is passed on before there is a second.
    const firstPiece = new Promise<string>(
      (resolve) => (heard.onChunk = (bytes) => resolve(Buffer.from(bytes).toString())),
    );
    side.send(chunk('one'));
    assert.equal(await firstPiece, 'one');
    side.send(chunk('two'), lastChunk);
    await heard.settlement;
    assert.deepEqual([heard.heard, heard.body.toString()], [['head', 'chunks', 'end', 'settled'], 'onetwo']);
  },
);

lane(
  'a stream is cancelled by ending its connection, also in the moment of its head',
  async ({ channel, host, lane: first }) => {
    for (const [nth, early] of [
      [1, true],
      [2, false],
    ] as const) {
      const heard = new Listener();
      const going = channel.forward(request(), heard);
      if (early) heard.onHead = () => going.cancel();
      first.send(frame({ id: (await first.frame()).id, type: head, status: 200, aux: nth }));
      const side = await host.peer(nth);
      assert.equal((await side.frame()).type, fetch);
      side.send(chunk('x'));
      if (!early) {
        await new Promise<void>((resolve) => (heard.onChunk = () => resolve()));
        going.cancel();
      }
      await side.ended();
      const before = heard.heard.join();
      assert.ok(!before.includes('settled'), 'the host has not let go of it yet');
      side.socket.end();
      await heard.settlement;
      assert.equal(heard.heard.join(), `${before},settled`);
    }
  },
);

lane('the stream of a host that dies is cut, never ended', async ({ channel, host, lane: first }) => {
  const heard = new Listener();
  channel.forward(request(), heard);
  first.send(frame({ id: (await first.frame()).id, type: head, status: 200, aux: 1 }));
  const side = await host.peer(1);
  await side.frame();
  side.send(chunk('half'));
  await new Promise<void>((resolve) => (heard.onChunk = () => resolve()));
  first.socket.destroy();
  await heard.settlement;
  assert.deepEqual(heard.heard, ['head', 'chunks', 'failed', 'settled']);
});

lane(
  'a stream that can’t be fetched any more is lost: its call was made',
  async ({ channel, host, lane }) => {
    const heard = new Listener();
    channel.forward(request(), heard);
    host.deafen();
    lane.send(frame({ id: (await lane.frame()).id, type: head, status: 200, aux: 1 }));
    await heard.settlement;
    assert.deepEqual(heard.heard, ['head', 'failed', 'settled']);
    assert.deepEqual([heard.failure?.kind, heard.failure?.sent], ['lost', true]);
  },
);

lane(
  'a ping asks the host’s loop and not its kernel: silence is false, an answer true',
  async ({ channel, lane: host }) => {
    assert.equal(await channel.ping(30), false);
    const alive = channel.ping(10_000);
    await host.frame();
    host.send(frame({ type: pong, id: (await host.frame()).id }));
    assert.equal(await alive, true);
  },
);

lane('loading says what the function is, and trusts nothing of it', async ({ channel, lane: host }) => {
  const assignment = {
    namespace: 'n',
    name: 'hé',
    version: 3,
    code: '/c',
    entry: 'e.js',
    signature: 'auto',
    concurrency: 0,
    env: { A: '😀' },
    contained: true,
  };
  const answers: [string, Loaded][] = [
    ['{"ok":true,"signature":"event","concurrency":100}', { signature: 'event', concurrency: 100, ahead: 0 }],
    [
      '{"ok":true,"signature":"event","concurrency":8,"ahead":64}',
      { signature: 'event', concurrency: 8, ahead: 64 },
    ],
    ['{"ok":true}', { signature: 'unknown', concurrency: 1, ahead: 0 }],
    [
      '{"ok":true,"signature":7,"concurrency":"many","ahead":-1}',
      { signature: 'unknown', concurrency: 1, ahead: 0 },
    ],
    [
      '{"ok":true,"signature":"s","concurrency":1e99,"ahead":1e99}',
      { signature: 's', concurrency: 1, ahead: 0 },
    ],
    ['{"ok":true,"signature":"s","concurrency":-5,"ahead":[]}', { signature: 's', concurrency: 1, ahead: 0 }],
  ];
  for (const [said, meant] of answers) {
    const loading = channel.load(assignment);
    const got = await host.frame();
    assert.equal(got.type, load);
    assert.deepEqual(JSON.parse(Buffer.from(got.head, 'latin1').toString('utf8')), assignment);
    host.send(frame({ type: loaded, head: said }));
    assert.deepEqual(await loading, meant);
  }
});

lane(
  'code that does not load is deploy_failed with the host’s words; an answer that is no JSON object too',
  async ({ channel, lane: host }) => {
    const assignment = {
      namespace: 'n',
      name: 'f',
      version: 1,
      code: '/c',
      entry: 'e',
      signature: 'auto',
      concurrency: 0,
      env: {},
      contained: true,
    };
    for (const said of [
      '{"ok":false,"kind":"syntax","message":"oh no","detail":"at line 1"}',
      'garbage',
      'null',
      '[]',
      '7',
      '{}',
      '{"ok":"true"}',
    ]) {
      const loading = channel.load(assignment);
      await host.frame();
      host.send(frame({ type: loaded, head: said }));
      await assert.rejects(loading, (error: { code?: string; message: string; excerpt?: string }) => {
        assert.equal(error.code, 'deploy_failed', said);
        if (said.startsWith('{"ok":false'))
          assert.deepEqual([error.message, error.excerpt], ['oh no', 'at line 1']);
        return true;
      });
    }
    const loading = assert.rejects(channel.load(assignment), { code: 'deploy_failed' });
    await host.frame();
    host.socket.destroy();
    await loading;
  },
);

lane('stop is one frame', async ({ channel, lane: host }) => {
  channel.stop();
  assert.equal((await host.frame()).type, stop);
});

lane('the same endpoint gives the same channel while it is open, and a new one afterwards', async (on) => {
  const open = () => on.forwarder.open({ kind: 'frames', path: on.host.path }, () => undefined);
  const both = await Promise.all([open(), open()]);
  assert.deepEqual([both[0] === on.channel, both[1] === on.channel, on.host.connections], [true, true, 1]);
  on.channel.close();
  const fresh = await open();
  assert.notEqual(fresh, on.channel);
  const again = await open();
  assert.equal(again, fresh);
  await on.host.peer(1);
  fresh.close();
});

test('where nobody listens, opening is refused', async () => {
  const forwarder = new FramesForwarder();
  await assert.rejects(
    forwarder.open({ kind: 'frames', path: join(tmpdir(), 'wherry-nobody.sock') }, () => undefined),
  );
  await assert.rejects(
    forwarder.open({ kind: 'http', host: '127.0.0.1', port: 1 }, () => undefined),
    { code: 'internal' },
  );
});

test('a host that does not read its calls is told apart before it fills our memory', {
  timeout: 20_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-forward-'));
  const server = net.createServer({ pauseOnConnect: true }, () => undefined);
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  const channel = await new FramesForwarder().open(
    { kind: 'frames', path: join(folder, 's') },
    () => undefined,
  );
  const body = Buffer.alloc(64 * 1024);
  let refused: Listener | undefined;
  for (let i = 0; i < 2000 && refused === undefined; i++) {
    const heard = new Listener();
    channel.forward(request({ body }), heard);
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (heard.failure !== undefined) refused = heard;
  }
  assert.deepEqual([refused?.failure?.kind, refused?.failure?.sent], ['unreachable', false]);
  channel.close();
  server.close();
  rmSync(folder, { recursive: true });
});
