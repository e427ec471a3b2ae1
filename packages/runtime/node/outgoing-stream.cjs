// An answer whose body comes in pieces. Until the turn of the loop is over nothing is decided: a body that is small
// and complete by then leaves as one frame. Otherwise the head is announced and the chunks follow, on the call's
// side connection or on the one by which the gateway fetches them.
'use strict';
const { HEAD, STREAM, LARGEST_SMALL_BODY } = require('./frames.cjs');
const { put32 } = require('./outbox.cjs');
const { passedBy } = require('./memory.cjs');
const { Buffer, setImmediate, clearImmediate, setTimeout, clearTimeout } = globalThis;
const { nextTick } = process;

const FETCH_WITHIN = 10_000;
const ENOUGH = 65536;
const LAST = Buffer.alloc(4);

class OutgoingStream {
  constructor(call, status, head) {
    this.call = call;
    this.status = status;
    this.head = head;
    this.held = [];
    this.size = 0;
    this.ended = false;
    this.failed = false;
    this.announced = false;
    /** By which the chunks leave. */
    this.connection = null;
    this.number = 0;
    this.timer = null;
    this.corked = false;
    /** Called when there is room again after a `write` that said there is none. */
    this.ondrain = null;
    this.turn = setImmediate(() => this.announce());
  }

  /** Appends a chunk; false when it would be better to wait for `ondrain`. */
  write(bytes) {
    if (this.call.over || this.ended || bytes.length === 0) return true;
    if (this.connection !== null) return this.chunk(bytes);
    this.held.push(bytes);
    this.size += bytes.length;
    return this.size < ENOUGH;
  }

  end() {
    if (this.call.over || this.ended) return;
    this.ended = true;
    if (!this.announced) this.announce();
    else if (this.connection !== null) this.finish();
  }

  /** It will never be whole. As long as nothing has been said, it is an ordinary fault. */
  fail(text) {
    if (this.call.over || this.ended) return;
    if (!this.announced) {
      clearImmediate(this.turn);
      this.call.stream = null;
      this.call.answered = false;
      return this.call.fault(text);
    }
    this.ended = true;
    this.failed = true;
    if (this.connection !== null) this.finish();
  }

  announce() {
    clearImmediate(this.turn);
    const { call } = this;
    if (call.over || this.announced) return;
    const { connection } = call;
    const { host, outbox } = connection;
    this.announced = true;
    if (call.headOnly) {
      this.held = [];
      this.size = 0;
      if (!this.ended) nextTick(() => call.onCancel?.());
      return call.send(0, this.status, this.head, null);
    }
    if (this.ended && this.size <= LARGEST_SMALL_BODY) {
      return call.send(
        0,
        this.status,
        this.head,
        this.held.length === 1 ? this.held[0] : Buffer.concat(this.held),
      );
    }
    if (call.incoming !== null) {
      outbox.frame(call.id, HEAD, STREAM, this.status, 0, this.head, null);
      outbox.flush();
      return this.attach(connection);
    }
    host.streams = (host.streams % 0xffffffff) + 1;
    this.number = host.streams;
    host.unfetched.set(this.number, this);
    outbox.frame(call.id, HEAD, 0, this.status, this.number, this.head, null);
    if (!connection.reading) outbox.flush();
    this.timer = setTimeout(() => call.cancel(false), FETCH_WITHIN);
  }

  /** The gateway takes the chunks on this connection. */
  attach(connection) {
    clearTimeout(this.timer);
    connection.host.unfetched.delete(this.number);
    this.connection = connection;
    connection.stream = this;
    const { held } = this;
    this.held = [];
    let room = true;
    for (const bytes of held) room = this.chunk(bytes);
    if (this.ended) this.finish();
    else if (held.length > 0 && room) this.drained();
  }

  chunk(bytes) {
    const { socket } = this.connection;
    if (!this.corked) {
      this.corked = true;
      socket.cork();
      nextTick(() => {
        this.corked = false;
        socket.uncork();
      });
    }
    const length = Buffer.allocUnsafe(4);
    put32(length, 0, bytes.length);
    socket.write(length);
    passedBy(bytes.length);
    return socket.write(bytes);
  }

  finish() {
    const { call, connection } = this;
    call.over = true;
    connection.stream = null;
    if (this.failed) connection.hangUp();
    else connection.socket.write(LAST);
    call.connection.forget(call);
  }

  drained() {
    if (!this.ended && this.ondrain !== null) this.ondrain();
  }

  /** The connection by which it was fetched is gone. */
  abandoned() {
    this.call.cancel(false);
  }

  /** Nobody wants it any more. */
  drop() {
    clearImmediate(this.turn);
    clearTimeout(this.timer);
    const { connection } = this;
    this.held = [];
    this.call.connection.host.unfetched.delete(this.number);
    if (connection === null) return;
    connection.stream = null;
    connection.close();
  }
}

module.exports = { OutgoingStream };
