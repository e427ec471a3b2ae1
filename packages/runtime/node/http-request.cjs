// A call as an `http.IncomingMessage`, so that frameworks find everything that they find in Node's own.
'use strict';
const { IncomingMessage } = require('node:http');
const { requestLine, rawHeaders } = require('./head.cjs');

class CallMessage extends IncomingMessage {
  constructor(call, socket) {
    super(socket);
    const { method, target } = requestLine(call.head);
    const raw = rawHeaders(call.head);
    this.method = method;
    this.url = target;
    this.httpVersion = '1.1';
    this.httpVersionMajor = 1;
    this.httpVersionMinor = 1;
    // Node's own way of keeping them raw until `headers` is looked at.
    this._addHeaderLines(raw, raw.length);
    this.call = call;
    this.begun = false;
  }

  _read() {
    const { call } = this;
    if (this.begun) {
      call.incoming?.resume();
      return;
    }
    this.begun = true;
    if (call.incoming === null) {
      this.complete = true;
      if (call.body !== null) this.push(call.body);
      this.push(null);
      return;
    }
    call.incoming.read({
      data: (bytes) => this.push(bytes),
      end: () => {
        this.complete = true;
        this.push(null);
      },
      cut: () => this.hangUp(),
    });
  }

  /** The caller went away. */
  hangUp() {
    if (this.destroyed || (this.complete && this.readableEnded)) return;
    const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    this.aborted = true;
    this.emit('aborted');
    this.destroy(this.listenerCount('error') > 0 ? error : null);
  }

  _destroy(error, done) {
    process.nextTick(done, error);
  }
}

module.exports = { CallMessage };
