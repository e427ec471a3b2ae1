// A call that wants to go on in another protocol, such as WebSocket: what `node:http` gives to the listeners of `upgrade`. The
// socket is a stream over the call's side connection; the head that is written to it first is the answer.
'use strict';
const { Duplex } = require('node:stream');
const { rawHeaders, requestLine } = require('./head.cjs');
const { Buffer } = globalThis;

const LARGEST_HEAD = 64 * 1024;
const STATUS = /^HTTP\/1\.1 (\d{3})/;
/** What the gateway says of its own connection. */
const HOP = /^(?:connection|keep-alive|transfer-encoding|upgrade|content-length)$/i;

function upgrade(call, handler) {
  const { IncomingMessage } = require('node:http');
  const socket = new UpgradeSocket(call);
  const request = new IncomingMessage(socket);
  const { method, target } = requestLine(call.head);
  const raw = rawHeaders(call.head);
  request.method = method;
  request.url = target;
  request.httpVersion = '1.1';
  request._addHeaderLines(raw, raw.length);
  request.complete = true;
  try {
    handler.upgrade(request, socket, Buffer.alloc(0));
  } catch (error) {
    call.fault(error);
  }
}

class UpgradeSocket extends Duplex {
  #call;
  #stream = null;
  #head = Buffer.alloc(0);
  #reading = false;

  constructor(call) {
    super({ allowHalfOpen: true });
    this.#call = call;
    call.onCancel = () => this.destroy();
    // Whoever does not listen for it must not end the host.
    this.on('error', () => {});
  }

  _read() {
    const { incoming } = this.#call;
    if (incoming === null) return void this.push(null);
    if (this.#reading) return void incoming.resume();
    this.#reading = true;
    incoming.read({
      data: (bytes) => this.push(Buffer.from(bytes)),
      end: () => this.push(null),
      cut: () => this.destroy(),
    });
  }

  _write(bytes, _encoding, done) {
    if (this.#stream === null) return this.#begin(Buffer.concat([this.#head, bytes]), done);
    this.#send(bytes, done);
  }

  /** Everything up to an empty line is the head of the answer. */
  #begin(bytes, done) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) {
      if (bytes.length > LARGEST_HEAD) return done(new Error('the head of the answer has no end'));
      this.#head = bytes;
      return done();
    }
    const [first, ...lines] = bytes.latin1Slice(0, end).split('\r\n');
    const status = Number(STATUS.exec(first)?.[1]);
    if (!(status === 101 || (status >= 200 && status <= 599)))
      return done(new Error(`${JSON.stringify(first.slice(0, 80))} is no answer to an upgrade`));
    let head = '';
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).trim();
      if (colon > 0 && !HOP.test(name)) head += `${name}:${line.slice(colon + 1).trim()}\n`;
    }
    this.#stream = this.#call.begin(status, head);
    // The caller waits for it before it says anything.
    this.#stream.announce();
    this.#send(bytes.subarray(end + 4), done);
  }

  #send(bytes, done) {
    if (this.#call.over) return done(new Error('the caller is gone'));
    if (bytes.length === 0 || this.#stream.write(Buffer.from(bytes))) return done();
    this.#stream.ondrain = () => {
      this.#stream.ondrain = null;
      done();
    };
  }

  _final(done) {
    this.#stream?.end();
    done();
  }

  _destroy(error, done) {
    const call = this.#call;
    if (!call.over) {
      if (this.#stream === null) call.fault(error ?? 'the function closed the connection without an answer');
      else if (error) this.#stream.fail(String(error.message));
      else this.#stream.end();
    }
    done(error);
  }

  setTimeout() {
    return this;
  }

  setNoDelay() {
    return this;
  }

  setKeepAlive() {
    return this;
  }
}

module.exports = { upgrade };
