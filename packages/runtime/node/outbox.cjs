// Collects the frames of one turn of the loop in one buffer, so that a turn costs one write. The buffer is used again
// as soon as the kernel has taken it, which on a local socket is nearly always at once.
'use strict';
const { HEADER } = require('./frames.cjs');
const { Buffer, setImmediate } = globalThis;

const FIRST_SIZE = 8192;
const LARGEST_SIZE = 1 << 17;

class Outbox {
  constructor(socket) {
    this.socket = socket;
    this.buffer = null;
    this.used = 0;
    this.scheduled = false;
    this.flushSoon = () => {
      this.scheduled = false;
      this.flush();
    };
  }

  /** Appends a frame. `head` is Latin-1 text; `body` text, bytes or null. It leaves with `flush`, at the latest this turn. */
  frame(id, type, flags, status, aux, head, body) {
    const headSize = head.length;
    const text = typeof body === 'string';
    const most = HEADER + headSize + (body === null ? 0 : text ? body.length * 3 : body.length);
    if (this.buffer === null || this.used + most > this.buffer.length) this.makeRoom(most);
    const { buffer } = this;
    const start = this.used;
    let at = start + HEADER;
    if (headSize > 0) at += buffer.latin1Write(head, at, headSize);
    if (body !== null && body.length > 0) {
      if (text) at += buffer.utf8Write(body, at, body.length * 3);
      else {
        buffer.set(body, at);
        at += body.length;
      }
    }
    put32(buffer, start, at - start - 4);
    put32(buffer, start + 4, id);
    buffer[start + 8] = type;
    buffer[start + 9] = flags;
    buffer[start + 10] = status >> 8;
    buffer[start + 11] = status;
    put32(buffer, start + 12, aux);
    put32(buffer, start + 16, headSize);
    this.used = at;
  }

  makeRoom(most) {
    if (this.used > 0 && this.used + most > LARGEST_SIZE) this.flush();
    const wanted = this.used + most;
    if (this.buffer !== null && wanted <= this.buffer.length) return;
    let size = this.buffer === null ? FIRST_SIZE : this.buffer.length;
    while (size < wanted) size *= 2;
    const larger = Buffer.allocUnsafeSlow(size);
    if (this.used > 0) this.buffer.copy(larger, 0, 0, this.used);
    this.buffer = larger;
  }

  /** Sees to it that everything appended leaves in this turn of the loop. */
  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.flushSoon);
  }

  flush() {
    const { used, buffer, socket } = this;
    if (used === 0) return;
    this.used = 0;
    if (!socket.writable) return;
    socket.write(used === buffer.length ? buffer : buffer.subarray(0, used));
    // Not taken at once: the kernel's buffer is full, and ours belongs to the socket until it has been written.
    if (socket.writableLength > 0 || buffer.length > LARGEST_SIZE) this.buffer = null;
  }

  /** Lets go of the buffer while nothing happens. */
  release() {
    if (this.used === 0) this.buffer = null;
  }
}

function put32(buffer, at, value) {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}

module.exports = { Outbox, put32 };
