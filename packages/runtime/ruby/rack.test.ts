// Rack applications: what they are given, what they may return, and bodies that flow both ways.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CANCEL, chunk, DONE, headers, LAST_CHUNK, STREAM } from '../conformance/driver.ts';
import { missing } from './host.fixtures.ts';
import { ask, converse, get, started, streamed } from './ruby-in-test.ts';

describe('rack', { skip: missing ?? false, timeout: 60_000 }, () => {
  test('the environment of its SPEC', async () => {
    const { lane, loaded } = await started('racks.rb');
    assert.deepEqual([loaded.signature, loaded.concurrency], ['rack', 8]);
    const more =
      'content-type:text/x\nx-forwarded-for:1.2.3.4, 5.6.7.8\nx-forwarded-proto:https\nhost:other.test:99\n';
    const seen = (await ask(lane, '/seen?a=%20', 'four', more)).body.toString().split('\n');
    for (const line of [
      'CONTENT_LENGTH=4',
      'CONTENT_TYPE=text/x',
      'HTTP_HOST=x, other.test:99',
      'PATH_INFO=/seen',
      'QUERY_STRING=a=%20',
      'REMOTE_ADDR=5.6.7.8',
      'REQUEST_METHOD=GET',
      'SCRIPT_NAME=',
      'SERVER_PORT=99',
      'SERVER_PROTOCOL=HTTP/1.1',
      'rack.hijack?=false',
      'rack.multithread=true',
      'rack.url_scheme=https',
    ])
      assert.ok(seen.includes(line), `${line} in ${seen.join('; ')}`);
  });

  test('rack.input: read, gets and rewind', async () => {
    const { host, lane } = await started('racks.rb');
    const text = 'abcd\nefgh\n';
    const wanted = '["abc", "d\\n", "ef", "ef", "gh\\n", "", nil]';
    assert.equal((await ask(lane, '/input', text)).body.toString(), wanted);
    assert.equal((await ask(lane, '/again', text)).body.toString(), text + text);
    const side = await host.line();
    side.send({ ...get(1, '/input'), flags: STREAM });
    for (const piece of ['a', 'bcd', '\nef', 'gh\n']) await side.write(chunk(piece));
    await side.write(LAST_CHUNK);
    assert.equal((await side.frame())?.body.toString(), wanted);
  });

  test('several values of a header, of both versions; names for the server stay here', async () => {
    const { lane } = await started('racks.rb');
    const answer = await ask(lane, '/cookies');
    assert.deepEqual(headers(answer, 'set-cookie'), ['a=1', 'b=2']);
    assert.deepEqual(headers(answer, 'x-list'), ['1', '2']);
    assert.ok(!answer.head.includes('rack.'));
    assert.equal((await ask(lane, '/bare')).status, 204);
    assert.equal((await ask(lane, '/sized')).body.toString(), 'abcd');
  });

  test('rack.response_finished is told how it ended', async () => {
    const { host, lane } = await started('racks.rb');
    assert.equal((await ask(lane, '/finished')).body.toString(), 'ok');
    assert.equal((await ask(lane, '/told')).body.toString(), '200 nil');
    const side = await host.line();
    side.socket.cork(); // the function may be through, and the connection closed, before a second write
    side.send({ ...get(1, '/finished?fail'), flags: STREAM });
    side.socket.write(LAST_CHUNK);
    side.socket.uncork();
    assert.equal((await side.frame())?.status, 200);
    await side.ended();
    assert.match((await ask(lane, '/told')).body.toString(), /200 .*broken off/);
  });

  test('a body that is given a stream: heard and said by turns', async () => {
    const { host } = await started('racks.rb');
    const side = await host.line();
    side.send({ ...get(1, '/talks'), flags: STREAM });
    assert.equal((await side.frame())?.status, 200);
    for (const word of ['one\n', 'two\n']) {
      await side.write(chunk(word));
      assert.equal((await side.chunk())?.toString(), word.toUpperCase());
    }
    await side.write(LAST_CHUNK);
    assert.equal((await side.chunk())?.toString(), 'bye');
    assert.equal((await side.chunk())?.toString(), '\n');
    assert.equal((await side.chunk())?.length, 0);
    side.send({ ...get(2, '/small'), flags: STREAM });
    await side.write(LAST_CHUNK);
    assert.equal((await side.frame())?.status, 200, 'the connection takes the next call');
  });

  test('a stream that is handed to another thread', async () => {
    const { host, lane } = await started('racks.rb');
    assert.equal((await converse(host, lane, '/later')).toString(), '0\n1\n2\n');
  });

  test('the next call may be on its way before the host knows that the answer has ended', async () => {
    const { host } = await started('racks.rb');
    const side = await host.line();
    side.send({ ...get(1, '/later'), flags: STREAM });
    await side.write(LAST_CHUNK);
    assert.equal((await side.frame())?.status, 200);
    side.send({ ...get(2, '/small'), flags: STREAM });
    await side.write(LAST_CHUNK);
    assert.ok(await side.body(() => {}), 'the answer comes whole');
    assert.equal((await side.frame())?.id, 2);
  });

  test('wherry.cancelled tells when nobody waits', async () => {
    const { host, lane } = await started('racks.rb');
    lane.send(get(1, '/waits?a'));
    await host.printed('waiting a\n');
    lane.send({ type: CANCEL, id: 1 });
    assert.equal((await lane.frame())?.type, DONE);
    await host.printed('told a\n');
  });

  test('a large body in bounded memory, and one that is cut short is an error where it is read', async () => {
    const { host, lane } = await started('upload.rb');
    const side = await host.line();
    side.send({ ...get(1, '/?whole'), flags: STREAM });
    const before = host.status('RssAnon');
    for (let i = 0; i < 64; i++) await side.write(chunk(Buffer.alloc(1 << 20)));
    assert.ok(host.status('RssAnon') - before < 24 * 1024, `${host.status('RssAnon') - before} KiB more`);
    await side.write(LAST_CHUNK);
    assert.equal((await side.frame())?.body.toString(), String(64 << 20));
    side.send({ ...get(2, '/?half'), flags: STREAM });
    await side.write(chunk('half'));
    await host.printed('reading half');
    side.socket.end();
    await host.printed('the request body was cut short half');
    await side.ended();
    assert.equal((await ask(lane, '/?lane', 'abc')).body.toString(), '3');
  });

  test('a length that is said is passed on with the chunks', async () => {
    const { host, lane } = await started('racks.rb');
    lane.send({ ...get(3, '/sized'), head: 'HEAD /sized\nhost:x\n' });
    const answer = await lane.frame();
    assert.deepEqual([answer?.body.length, headers(answer as never, 'content-length')], [0, ['4']]);
    const side = await host.line();
    side.send({ ...get(4, '/talks'), flags: STREAM });
    await side.write(LAST_CHUNK);
    assert.equal((await streamed(side)).toString(), 'bye\n');
  });
});
