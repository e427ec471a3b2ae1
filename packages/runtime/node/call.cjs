// One call: what came, and the one way out. Whatever a signature does with it, it ends exactly once, as an answer, a
// stream, or cancelled; everything after that is dropped.
'use strict';
const { ANSWER, DONE, FAULT, LARGEST_SMALL_BODY, LARGEST_FRAME } = require('./frames.cjs');
const { now } = require('./quiet.cjs');
const { Buffer } = globalThis;
const { nextTick } = process;
const { round } = Math;

const PLAIN = 'content-type:text/plain; charset=utf-8\n';
const LARGEST_HEAD = LARGEST_FRAME - LARGEST_SMALL_BODY - 4096;

class Call {
  constructor(connection, id, head, body, since) {
    this.connection = connection;
    this.id = id;
    /** The request line and the header lines, as they came. */
    this.head = head;
    /** The whole body, or null where there is none or it streams. */
    this.body = body;
    this.since = since;
    /** The streamed request body, on a side connection. */
    this.incoming = null;
    /** The streamed answer, once begun. */
    this.stream = null;
    /** An answer has been begun: there is no second. */
    this.answered = false;
    this.over = false;
    this.cancelled = false;
    /** Told in a turn of its own that nobody waits any more. */
    this.onCancel = null;
  }

  /** Whether the caller asked for headers only: HEAD is the only method that begins with an H. */
  get headOnly() {
    return this.head.charCodeAt(0) === 72 && this.head.startsWith('HEAD ');
  }

  /** The whole answer. `head`: header lines; `body`: text, bytes or null. */
  answer(status, head, body) {
    if (this.answered) return;
    if (body !== null && this.head.charCodeAt(0) === 72 && this.headOnly) {
      if (!/^content-length:/im.test(head)) head += `content-length:${Buffer.byteLength(body)}\n`;
      body = null;
    }
    if (head.length > LARGEST_HEAD) return this.fault('the headers of the answer are larger than a frame');
    if (
      body !== null &&
      body.length * 3 > LARGEST_SMALL_BODY &&
      Buffer.byteLength(body) > LARGEST_SMALL_BODY
    ) {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      const stream = this.begin(status, `${head}content-length:${bytes.length}\n`);
      stream.write(bytes);
      stream.end();
      return;
    }
    this.answered = true;
    this.send(0, status, head, body);
  }

  /** The answer to a call whose handler failed. `error` is what was thrown, or a text of ours. */
  fault(error) {
    if (this.cancelled) return;
    const { text, stack } = require('./fault.cjs').describe(error);
    if (stack !== '') require('./fault.cjs').log(stack);
    // A stream that is under way can't be taken back, only cut.
    if (this.stream !== null) return this.stream.fail(text);
    if (this.answered) return;
    this.answered = true;
    this.send(FAULT, 500, PLAIN, this.headOnly ? null : text);
  }

  /** Begins an answer whose body comes in pieces. */
  begin(status, head) {
    const { OutgoingStream } = require('./outgoing-stream.cjs');
    this.answered = true;
    this.stream = new OutgoingStream(this, status, head);
    return this.stream;
  }

  send(flags, status, head, body) {
    if (this.over) return;
    this.over = true;
    const { connection } = this;
    const { outbox } = connection;
    outbox.frame(this.id, ANSWER, flags, status, round((now() - this.since) * 1000), head, body);
    if (!connection.reading) outbox.schedule();
    connection.forget(this);
  }

  /** Nobody waits for the answer any more. The one loop holds nothing for it: it is done at once. */
  cancel(acknowledge) {
    if (this.over) return;
    this.over = true;
    this.answered = true;
    this.cancelled = true;
    const { connection, stream, incoming, onCancel } = this;
    if (acknowledge) {
      connection.outbox.frame(this.id, DONE, 0, 0, 0, '', null);
      if (!connection.reading) connection.outbox.schedule();
    }
    if (stream !== null) stream.drop();
    if (incoming !== null) incoming.cut();
    connection.forget(this);
    // In a turn of its own: what listeners of the function throw must not end our reading.
    if (onCancel !== null) nextTick(onCancel);
  }
}

module.exports = { Call, PLAIN };
