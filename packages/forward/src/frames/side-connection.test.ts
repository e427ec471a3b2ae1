import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Channel } from '@wherry/core/ports/forwarder';
import { FramesForwarder } from './forwarder.ts';
import {
  chunk,
  frame,
  lastChunk,
  length,
  Listener,
  type Peer,
  request,
  ScriptedBody,
  ScriptedHost,
} from './scripted-host.fixtures.ts';
import { keptIdle } from './side-pool.ts';

const call = 3,
  answer = 4,
  head = 5,
  cancel = 7,
  streams = 1,
  fault = 2;

interface On {
  readonly host: ScriptedHost;
  readonly channel: Channel;
}

function side(sentence: string, body: (on: On) => Promise<void>): void {
  test(sentence, { timeout: 20_000 }, async () => {
    const host = await ScriptedHost.listen();
    const channel = await new FramesForwarder().open({ kind: 'frames', path: host.path }, () => undefined);
    try {
      await body({ host, channel });
    } finally {
      channel.close();
      host.close();
    }
  });
}

const whole = (body = '') => frame({ id: 1, type: answer, status: 200, body });
const begins = frame({ id: 1, type: head, status: 200, flags: streams });
const large = Buffer.alloc(200_000, 'x');

/** A call whose body comes in pieces, and the connection that it took. */
async function streaming({ host, channel }: On, nth: number, size?: number) {
  const body = new ScriptedBody(size);
  const heard = new Listener();
  const going = channel.forward(request({ method: 'POST', body, leftMs: 500 }), heard);
  const peer = await host.peer(nth);
  const got = await peer.frame();
  await body.started;
  return { body, heard, going, peer, got };
}

side(
  'a body that is too large for the lane goes as one chunk on a connection of its own',
  async ({ host, channel }) => {
    const heard = new Listener();
    channel.forward(
      request({ method: 'POST', path: '/p', headers: ['X', '1'], body: large, leftMs: 500 }),
      heard,
    );
    const peer = await host.peer(1);
    const got = await peer.frame();
    assert.deepEqual(
      [got.type, got.flags, got.aux, got.head, got.body.length],
      [call, streams, 500, 'POST /p\nX:1\n', 0],
    );
    assert.equal((await peer.exactly(4))?.readUInt32BE(), large.length);
    assert.deepEqual(await peer.exactly(large.length), large);
    assert.deepEqual(await peer.exactly(4), lastChunk);
    peer.send(frame({ id: 1, type: answer, status: 202, head: 'Y:2\n', body: 'ok', flags: fault }));
    await heard.settlement;
    assert.deepEqual(
      [heard.heard, heard.status, heard.headers, heard.body.toString(), heard.faulted],
      [['whole', 'settled'], 202, ['Y', '2'], 'ok', true],
    );
  },
);

side('64 KiB go on the lane, one byte more does not', async ({ host, channel }) => {
  const lane = await host.peer(0);
  channel.forward(request({ body: Buffer.alloc(64 * 1024) }), new Listener());
  assert.equal((await lane.frame()).body.length, 64 * 1024);
  channel.forward(request({ body: Buffer.alloc(64 * 1024 + 1) }), new Listener());
  assert.equal((await (await host.peer(1)).frame()).flags, streams);
});

side(
  'a body of known length is one chunk however it comes, one of unknown length a chunk a piece',
  async (on) => {
    const known = await streaming(on, 1, 6);
    for (const piece of ['one', 'two']) known.body.sink.chunk(Buffer.from(piece));
    known.body.sink.end();
    assert.deepEqual(await known.peer.exactly(4 + 6 + 4), Buffer.concat([chunk('onetwo'), lastChunk]));
    const unknown = await streaming(on, 2);
    for (const piece of ['one', '', 'two']) unknown.body.sink.chunk(Buffer.from(piece));
    unknown.body.sink.end();
    assert.deepEqual(
      await unknown.peer.exactly(7 + 7 + 4),
      Buffer.concat([chunk('one'), chunk('two'), lastChunk]),
      'an empty piece is not the end',
    );
    const none = await streaming(on, 3, 0);
    none.body.sink.end();
    assert.deepEqual(await none.peer.exactly(4), lastChunk);
  },
);

side('a body that is announced as more than a chunk can be goes in pieces', async (on) => {
  const { body, peer } = await streaming(on, 1, 2 ** 33);
  body.sink.chunk(Buffer.from('begin'));
  assert.deepEqual(await peer.exactly(9), chunk('begin'));
});

side('a body that ends before its announced length is never ended for the host', async (on) => {
  const { body, peer, heard } = await streaming(on, 1, 10);
  body.sink.chunk(Buffer.from('short'));
  body.sink.end();
  await heard.settlement;
  assert.deepEqual(heard.heard, ['failed', 'settled']);
  assert.equal(await peer.body(), undefined);
});

side(
  'a body that is longer than announced ends the connection, and no byte too many reaches the host',
  async (on) => {
    const { body, peer, heard } = await streaming(on, 1, 5);
    body.sink.chunk(Buffer.from('right'));
    body.sink.chunk(chunk('smuggled'));
    await heard.settlement;
    assert.deepEqual(heard.heard, ['failed', 'settled']);
    assert.equal(body.cancelled, true);
    assert.equal((await peer.exactly(9))?.toString(), `${length(5).toString()}right`);
    assert.equal(await peer.exactly(1), undefined);
  },
);

side(
  'a caller that breaks off in its body is told to the host by the end of the connection, not of the body; and on the lane',
  async (on) => {
    const { body, peer, heard, got } = await streaming(on, 1);
    body.sink.chunk(Buffer.from('half'));
    body.sink.fail(new Error('the caller went away'));
    assert.equal(await peer.body(), undefined, 'no last chunk');
    const { type, id, aux } = await (await on.host.peer(0)).frame();
    assert.deepEqual([type, id, aux], [cancel, got.id, 1], 'it may not be reading what nobody wants');
    assert.deepEqual(heard.heard, ['failed'], 'the host has it still');
    assert.equal(heard.failure?.reason, 'the caller went away');
    peer.socket.end();
    await heard.settlement;
    assert.deepEqual(heard.heard, ['failed', 'settled']);
  },
);

side('an answer may stream while its request still does, and both may end in any order', async (on) => {
  const { body, peer, heard } = await streaming(on, 1);
  body.sink.chunk(Buffer.from('a'));
  assert.deepEqual(await peer.exactly(5), chunk('a'));
  peer.send(begins, chunk('A'));
  await new Promise<void>((resolve) => (heard.onChunk = () => resolve()));
  body.sink.chunk(Buffer.from('b'));
  body.sink.end();
  assert.equal((await peer.body())?.toString(), 'b');
  peer.send(chunk('B'), lastChunk);
  await heard.settlement;
  assert.deepEqual([heard.heard, heard.body.toString()], [['head', 'chunks', 'end', 'settled'], 'AB']);
});

side(
  'an answer before the end of the body counts; the rest of the body is dropped and the connection not used again',
  async (on) => {
    const { body, peer, heard } = await streaming(on, 1);
    body.sink.chunk(Buffer.from('a'));
    await peer.exactly(5);
    peer.send(frame({ id: 1, type: answer, status: 413, body: 'enough' }));
    await heard.settlement;
    assert.deepEqual([heard.heard, heard.status, body.cancelled], [['whole', 'settled'], 413, true]);
    await peer.ended();
    on.channel.forward(request({ body: large }), new Listener());
    assert.equal((await (await on.host.peer(2)).frame()).type, call);
  },
);

side('a slow host pauses the caller: what waits in memory stays bounded', async (on) => {
  const { body, peer } = await streaming(on, 1);
  const piece = Buffer.alloc(64 * 1024);
  let given = 0;
  while (!body.paused && given < 400) {
    body.sink.chunk(piece);
    given += 1;
  }
  assert.ok(given < 32, `${given} pieces of 64 KiB were taken before the pause`);
  // As soon as the host reads, the caller goes on.
  const resumed = new Promise<void>((resolve) => (body.onResume = resolve));
  for (let i = 0; i < given; i++) assert.ok(await peer.exactly(4 + piece.length));
  await resumed;
  assert.equal(body.paused, false);
});

side('a slow caller pauses the host: what waits in memory stays bounded', async ({ channel, host }) => {
  const heard = new Listener();
  heard.room = false;
  heard.discards = true;
  const going = channel.forward(request({ body: large }), heard);
  const peer = await host.peer(1);
  await peer.frame();
  await peer.body();
  const piece = chunk(Buffer.alloc(64 * 1024));
  peer.send(begins);
  const total = 400;
  let written = 0;
  const writing = (async () => {
    for (; written < total; written++) if (!peer.socket.write(piece)) await once(peer.socket, 'drain');
    peer.socket.write(lastChunk);
  })();
  await heard.began;
  // Nothing moves any more: the host waits, and little has come through.
  for (let still = 0, last = -1; still < 20; still = written === last ? still + 1 : 0, last = written)
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  assert.ok(written < 40, `${written} of ${total} pieces left the host`);
  assert.ok(heard.bytes <= 256 * 1024, `${heard.bytes} bytes came to a caller that had no room`);
  heard.room = true;
  going.resume();
  await Promise.all([writing, heard.settlement]);
  assert.equal(heard.bytes, total * 64 * 1024);
});

for (const [how, end] of [
  ['closes the connection', (peer: Peer) => peer.socket.end()],
  ['dies', (peer: Peer) => peer.socket.destroy()],
] as const) {
  side(
    `an answer is never taken for whole when the host ${how} in the middle of it`,
    async ({ channel, host }) => {
      const halves = [
        begins,
        Buffer.concat([begins, chunk('half')]),
        Buffer.concat([begins, length(100), Buffer.from('ha')]),
        Buffer.concat([begins, chunk('x'), lastChunk.subarray(0, 3)]),
        whole('abc').subarray(0, 22),
        Buffer.alloc(0),
      ];
      for (const [i, bytes] of halves.entries()) {
        const heard = new Listener();
        channel.forward(request({ body: large }), heard);
        const peer = await host.peer(i + 1);
        await peer.frame();
        await peer.body();
        if (bytes.length > 0) await new Promise<void>((resolve) => peer.socket.write(bytes, () => resolve()));
        end(peer);
        await heard.settlement;
        assert.ok(!heard.heard.includes('end') && !heard.heard.includes('whole'), heard.heard.join());
        assert.deepEqual(heard.heard.slice(-2), ['failed', 'settled']);
        assert.deepEqual([heard.failure?.kind, heard.failure?.sent], ['lost', true]);
      }
    },
  );

  side(
    `a host that ${how} while it is sent a body fails the call once, and the caller’s body is dropped`,
    async (on) => {
      const { body, peer, heard } = await streaming(on, 1);
      body.sink.chunk(Buffer.from('a'));
      await peer.exactly(5);
      end(peer);
      await heard.settlement;
      assert.deepEqual([heard.heard, body.cancelled], [['failed', 'settled'], true]);
    },
  );
}

side('cancelling ends our half of the connection and waits for the host to let go', async (on) => {
  const { body, peer, heard, going } = await streaming(on, 1);
  body.sink.chunk(Buffer.from('a'));
  going.cancel();
  going.cancel();
  assert.equal(await peer.body(), undefined);
  assert.deepEqual([heard.heard, body.cancelled], [[], true]);
  // Whatever the host still sends is for nobody.
  peer.send(whole('late'));
  peer.socket.end();
  await heard.settlement;
  assert.deepEqual(heard.heard, ['settled']);
});

side('a call may be cancelled before its connection stands', async ({ channel, host }) => {
  const heard = new Listener();
  channel.forward(request({ body: large }), heard).cancel();
  const peer = await host.peer(1);
  await peer.ended();
  peer.socket.end();
  await heard.settlement;
  assert.deepEqual(heard.heard, ['settled']);
});

side('a connection serves one call after another', async ({ channel, host }) => {
  for (let i = 0; i < 5; i++) {
    const heard = new Listener();
    channel.forward(request({ body: large }), heard);
    const peer = await host.peer(1);
    await peer.frame();
    assert.equal((await peer.body())?.length, large.length);
    if (i % 2 === 0) peer.send(whole(String(i)));
    else peer.send(begins, chunk(String(i)), lastChunk);
    await heard.settlement;
    assert.equal(heard.body.toString(), String(i));
  }
  assert.equal(host.connections, 2, 'the lane and one more');
});

side(
  'calls at the same time have connections of their own, of which a few are kept',
  async ({ channel, host }) => {
    const heard = Array.from({ length: keptIdle + 6 }, () => new Listener());
    for (const one of heard) channel.forward(request({ body: large }), one);
    const peers = await Promise.all(heard.map((_, i) => host.peer(i + 1)));
    for (const peer of peers) {
      await peer.frame();
      await peer.body();
      peer.send(whole());
    }
    await Promise.all(heard.map((one) => one.settlement));
    // The six that are given up are told at once; of the others the next call takes one.
    let closed = 0;
    await new Promise<void>((resolve) => {
      for (const peer of peers) void peer.ended().then(() => (++closed === 6 ? resolve() : undefined));
    });
    channel.forward(request({ body: large }), new Listener());
    const next = peers.filter(({ socket }) => !socket.readableEnded);
    assert.equal(next.length, keptIdle);
    assert.equal(host.connections, 1 + keptIdle + 6);
  },
);

for (const [what, bytes, kind] of [
  ['a frame larger than any', frame({ size: 2 ** 21 }), 'garbled'],
  ['a head longer than its frame', frame({ headSize: 50 }), 'garbled'],
  ['garbage', Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello, this is no frame'), 'garbled'],
  ['a head that is no head', frame({ id: 1, type: answer, status: 200, head: 'no colon' }), 'garbled'],
  ['a line break in a value', frame({ id: 1, type: answer, status: 200, head: 'X:a\rb\n' }), 'garbled'],
  ['a status that is none', frame({ id: 1, type: answer, status: 42 }), 'garbled'],
  [
    'a stream with a status that is none',
    frame({ id: 1, type: head, flags: streams, status: 1000 }),
    'garbled',
  ],
] as const)
  side(
    `a host that sends ${what} fails its call, and the connection is closed`,
    async ({ channel, host }) => {
      const heard = new Listener();
      channel.forward(request({ body: large }), heard);
      const peer = await host.peer(1);
      await peer.frame();
      await peer.body();
      peer.send(bytes);
      await heard.settlement;
      assert.deepEqual([heard.heard, heard.failure?.kind], [['failed', 'settled'], kind]);
      await peer.ended();
    },
  );

side('a head that never ends is cut at the size of a frame', async ({ channel, host }) => {
  const heard = new Listener();
  channel.forward(request({ body: large }), heard);
  const peer = await host.peer(1);
  await peer.frame();
  await peer.body();
  peer.send(frame({ id: 1, type: answer, status: 200, size: 2 ** 20 - 4, headSize: 2 ** 20 - 20 }));
  let sent = 0;
  const line = Buffer.from(`X:${'y'.repeat(998)}\n`);
  while (!heard.heard.includes('settled') && sent < 3 * 2 ** 20) {
    sent += line.length;
    if (!peer.socket.write(line)) await once(peer.socket, 'drain').catch(() => undefined);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await heard.settlement;
  assert.ok(sent < 3 * 2 ** 20, 'somebody stopped listening');
});

side(
  'what stands behind an answer is not taken for the answer to the next call',
  async ({ channel, host }) => {
    const first = new Listener();
    channel.forward(request({ body: large }), first);
    const peer = await host.peer(1);
    await peer.frame();
    await peer.body();
    peer.send(whole('mine'), whole('somebody else’s'));
    await first.settlement;
    assert.equal(first.body.toString(), 'mine');
    const second = new Listener();
    channel.forward(request({ body: large }), second);
    const fresh = await host.peer(2);
    await fresh.frame();
    await fresh.body();
    fresh.send(begins, chunk('also mine'), lastChunk, whole('again'));
    await second.settlement;
    assert.equal(second.body.toString(), 'also mine');
    const third = new Listener();
    channel.forward(request({ body: large }), third);
    assert.equal((await (await host.peer(3)).frame()).type, call);
  },
);

side('bytes on a connection that waits for its next call end it', async ({ channel, host }) => {
  const first = new Listener();
  channel.forward(request({ body: large }), first);
  const peer = await host.peer(1);
  await peer.frame();
  await peer.body();
  peer.send(whole());
  await first.settlement;
  peer.send(whole('nobody asked'));
  await peer.ended();
  const second = new Listener();
  channel.forward(request({ body: large }), second);
  assert.equal((await (await host.peer(2)).frame()).type, call);
});

side('a kept connection that the host closed is not used for the next call', async ({ channel, host }) => {
  const first = new Listener();
  channel.forward(request({ body: large }), first);
  const peer = await host.peer(1);
  await peer.frame();
  await peer.body();
  peer.send(whole());
  await first.settlement;
  peer.socket.end();
  await peer.ended();
  const second = new Listener();
  channel.forward(request({ body: large }), second);
  const fresh = await host.peer(2);
  await fresh.frame();
  await fresh.body();
  fresh.send(whole());
  await second.settlement;
  assert.deepEqual(second.heard, ['whole', 'settled']);
});

side('unknown frames before the answer are ignored, whatever they hold', async ({ channel, host }) => {
  const heard = new Listener();
  channel.forward(request({ body: large }), heard);
  const peer = await host.peer(1);
  await peer.frame();
  await peer.body();
  peer.send(
    frame({ type: 99, head: 'not: a\0head' }),
    frame({ type: head, status: 200 }),
    frame({ type: 8, id: 1 }),
    whole('ok'),
  );
  await heard.settlement;
  assert.deepEqual([heard.heard, heard.body.toString()], [['whole', 'settled'], 'ok']);
});

side('close with calls open fails each once and leaves no connection', async (on) => {
  const open = await streaming(on, 1);
  const second = new Listener();
  on.channel.forward(request({ body: large }), second);
  const peer = await on.host.peer(2);
  const connecting = new Listener();
  on.channel.forward(request({ body: large }), connecting);
  on.channel.close();
  for (const heard of [open.heard, second, connecting]) {
    await heard.settlement;
    assert.deepEqual(heard.heard.slice(-2), ['failed', 'settled'], heard.heard.join());
    assert.equal(heard.heard.filter((one) => one === 'settled').length, 1);
  }
  assert.equal(open.body.cancelled, true);
  await Promise.all([open.peer.ended(), peer.ended(), (await on.host.peer(3)).ended()]);
});

side('after the lane is lost no connection of that host stays open', async (on) => {
  const { heard, peer } = await streaming(on, 1);
  (await on.host.peer(0)).socket.destroy();
  await heard.settlement;
  assert.deepEqual(heard.heard, ['failed', 'settled']);
  await peer.ended();
});

side('a line break in a path or header is refused before anything is sent', async ({ channel, host }) => {
  for (const body of [new Uint8Array(0), large]) {
    assert.throws(() => channel.forward(request({ path: '/\nX:1', body }), new Listener()));
    assert.throws(() => channel.forward(request({ headers: ['X', '\u010aY:1'], body }), new Listener()));
  }
  const heard = new Listener();
  channel.forward(request(), heard);
  const lane = await host.peer(0);
  const got = await lane.frame();
  assert.equal(got.head, 'GET /\n');
  lane.send(frame({ id: got.id, type: answer, status: 200 }));
  await heard.settlement;
});
