// One connection of the gateway: takes frames and body chunks apart and hands them on. A lane and a side connection
// differ only in what comes by them. Frames are read in place; nothing is copied but a frame that was cut by a read.
'use strict';
const frames = require('./frames.cjs');
const { Outbox } = require('./outbox.cjs');
const { Call } = require('./call.cjs');
const { now } = require('./quiet.cjs');
const { Buffer } = globalThis;
const { HEADER, LARGEST_FRAME } = frames;

class Connection {
  constructor(socket, host) {
    this.socket = socket;
    this.host = host;
    this.outbox = new Outbox(socket);
    /** Open calls that came by this connection, by id. */
    this.calls = new Map();
    /** The pieces of a frame that is not complete, how much they hold and how much it takes. */
    this.pieces = [];
    this.held = 0;
    this.needed = 0;
    /** The request body whose chunks are being read, on a side connection. */
    this.body = null;
    /** The answer that is streaming out on this connection. */
    this.stream = null;
    this.finished = false;
    /** Whether frames are being read right now: what is answered meanwhile leaves when the reading is over. */
    this.reading = false;
    host.connections.add(this);
    socket.on('data', (bytes) => this.read(bytes));
    socket.on('drain', () => this.stream?.drained());
    socket.on('end', () => this.gone());
    socket.on('error', () => {});
    socket.on('close', () => {
      this.gone();
      host.connections.delete(this);
    });
  }

  read(bytes) {
    if (this.finished) return;
    if (this.held > 0) {
      this.pieces.push(bytes);
      this.held += bytes.length;
      if (this.held < this.needed) return;
      bytes = Buffer.concat(this.pieces, this.held);
      this.pieces = [];
      this.held = 0;
    }
    const since = now();
    this.reading = true;
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      if (this.body !== null) {
        const { body } = this;
        at = body.take(bytes, at);
        // Who was given the piece may have answered at once, and with that ended all that was under way here.
        if (this.finished) break;
        if (body.ended) this.body = null;
        continue;
      }
      let size = 4;
      if (end - at >= 4) {
        size = 4 + get32(bytes, at);
        if (size < HEADER || size > LARGEST_FRAME + 4) {
          this.close();
          break;
        }
      }
      if (end - at < size || size === 4) {
        this.pieces.push(at === 0 ? bytes : bytes.subarray(at));
        this.held = end - at;
        this.needed = size;
        break;
      }
      this.frame(bytes, at, at + size, since);
      if (this.finished) break;
      at += size;
    }
    this.reading = false;
    // What was answered without waiting leaves now; the rest leaves with the turn in which it is answered.
    if (this.outbox.used > 0 && !this.outbox.scheduled) this.outbox.flush();
  }

  frame(bytes, start, end, since) {
    const type = bytes[start + 8];
    const id = get32(bytes, start + 4);
    const bodyStart = start + HEADER + get32(bytes, start + 16);
    if (bodyStart > end) return this.close();
    switch (type) {
      case frames.CALL: {
        const head = bytes.latin1Slice(start + HEADER, bodyStart);
        return this.call(
          id,
          bytes[start + 9],
          head,
          bodyStart === end ? null : bytes.subarray(bodyStart, end),
          since,
        );
      }
      case frames.CANCEL:
        if (get32(bytes, start + 12) === 0) return this.calls.get(id)?.cancel(true);
        return cancelAside(this.host, id);
      case frames.PING:
        return this.outbox.frame(id, frames.PONG, 0, 0, 0, '', null);
      case frames.FETCH:
        return this.fetch(get32(bytes, start + 12));
      case frames.LOAD:
        return require('./load.cjs').load(this, bytes.utf8Slice(start + HEADER, bodyStart));
      case frames.STOP:
        return require('./stop.cjs').stop(this.host);
    }
  }

  call(id, flags, head, body, since) {
    const { host } = this;
    // A side connection takes the next call when both bodies of the last have ended.
    if (this.calls.has(id) || this.stream !== null) return this.close();
    const streams = (flags & frames.STREAM) !== 0;
    if (streams && host.overtaken.delete(id)) return this.hangUp();
    host.lastCall = since;
    host.wake();
    const call = new Call(this, id, head, body, since);
    if (streams) {
      const { IncomingBody } = require('./incoming-body.cjs');
      this.body = call.incoming = new IncomingBody(this.socket);
      host.aside.set(id, call);
    }
    this.calls.set(id, call);
    host.open++;
    host.invoke(call);
  }

  /** The gateway takes the chunks of an answer here that was announced on a lane. */
  fetch(number) {
    const stream = this.host.unfetched.get(number);
    if (stream === undefined || this.stream !== null || this.calls.size > 0) return this.close();
    stream.attach(this);
  }

  /** Forgets a call that has been answered. */
  forget(call) {
    this.calls.delete(call.id);
    if (call.incoming !== null) this.host.aside.delete(call.id);
    this.host.open--;
    this.host.ended();
    // An answer before the end of the request's body: what is still coming belongs to nobody.
    if (call.incoming !== null && !call.incoming.ended) this.hangUp();
  }

  /** Nobody listens on the other side: the end of every call that is open here. */
  gone() {
    if (this.body !== null && !this.body.ended) this.body.cut();
    this.body = null;
    for (const call of this.calls.values()) call.cancel(false);
    this.stream?.abandoned();
    if (!this.finished) this.hangUp();
  }

  /** Ends the connection once what was written has left; what still arrives is thrown away. */
  hangUp() {
    this.outbox.flush();
    this.finished = true;
    this.body?.cut();
    this.body = null;
    this.socket.end();
    this.socket.resume();
  }

  /** Ends the connection at once, so that a body that is under way is not taken for the whole. */
  close() {
    this.finished = true;
    this.socket.destroy();
  }
}

/** More than are ever on their way at once. */
const MOST_OVERTAKEN = 1000;

/**
 * Nobody may be reading that connection, and its end would not be seen. The call itself may not have been read either: the lane overtakes
 * what waits on other connections. Then it ends as it comes.
 */
function cancelAside({ aside, overtaken }, id) {
  const call = aside.get(id);
  if (call !== undefined) return call.connection.gone();
  overtaken.add(id);
  if (overtaken.size > MOST_OVERTAKEN) overtaken.delete(overtaken.values().next().value);
}

function get32(bytes, at) {
  return bytes[at] * 16777216 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
}

module.exports = { Connection };
