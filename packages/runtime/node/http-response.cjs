// The answer to a call as an `http.ServerResponse`: headers are Node's own, what would go to the socket goes into the
// answer of the call. A body that is complete in one turn leaves as one frame, anything else streams.
'use strict';
const { ServerResponse } = require('node:http');
const { headerLine, checkStatus } = require('./head.cjs');
const { Buffer } = globalThis;
const { nextTick } = process;

const BODILESS = new Set([204, 304]);

class CallResponse extends ServerResponse {
  constructor(request, call) {
    super(request);
    this.call = call;
    this.stream = null;
    this.full = false;
    this.socket = request.socket;
  }

  writeHead(status, reason, headers) {
    if (this._header) throw coded('ERR_HTTP_HEADERS_SENT', 'Cannot write headers after they are sent to the client');
    this.statusCode = status;
    if (typeof reason === 'string') this.statusMessage = reason;
    else headers = reason;
    if (Array.isArray(headers)) {
      const pairs = Array.isArray(headers[0]) ? headers : pairsOf(headers);
      for (const [name] of pairs) this.removeHeader(name);
      for (const [name, value] of pairs) this.appendHeader(name, value);
    } else if (headers) {
      for (const name of Object.keys(headers)) if (name) this.setHeader(name, headers[name]);
    }
    // What tells Node's own methods, and middleware, that the head is fixed.
    this._header = `HTTP/1.1 ${status}\r\n`;
    return this;
  }

  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this.open();
  }

  /** Begins the streamed answer. */
  open() {
    if (this.stream !== null || this.call.answered) return;
    const { call } = this;
    const status = this.checked();
    if (status === 0) return;
    this.stream = call.begin(status, this.lines());
    this.stream.ondrain = () => {
      if (!this.full) return;
      this.full = false;
      this.emit('drain');
    };
  }

  write(data, encoding, done) {
    if (typeof encoding === 'function') [encoding, done] = [undefined, encoding];
    if (this.finished || this.destroyed) return this.refuse(done);
    const bytes = bytesOf(data, encoding);
    if (!this._header) this._implicitHeader();
    this.open();
    if (this.stream === null) return false;
    const room = this.bodiless() || this.stream.write(bytes);
    if (typeof done === 'function') nextTick(done);
    if (!room) this.full = true;
    return room;
  }

  end(data, encoding, done) {
    if (typeof data === 'function') [data, encoding, done] = [undefined, undefined, data];
    else if (typeof encoding === 'function') [encoding, done] = [undefined, encoding];
    if (this.finished) {
      if (typeof done === 'function') nextTick(done, coded('ERR_STREAM_ALREADY_FINISHED', 'end called after end'));
      return this;
    }
    let bytes = data === undefined || data === null ? null : bytesOf(data, encoding);
    if (!this._header) this._implicitHeader();
    if (typeof done === 'function') this.once('finish', done);
    this.finished = true;
    if (this.bodiless()) bytes = null;
    if (this.stream !== null) {
      if (bytes !== null) this.stream.write(bytes);
      this.stream.end();
    } else if (!this.call.answered) {
      const status = this.checked();
      if (status !== 0) this.call.answer(status, this.lines(), bytes);
    }
    nextTick(() => {
      if (this.destroyed) return;
      this.emit('finish');
      this.closeOnce();
    });
    return this;
  }

  /** HEAD, 204 and 304 have no body, whatever is written. */
  bodiless() {
    return this.call.headOnly || BODILESS.has(this.statusCode);
  }

  checked() {
    try {
      return checkStatus(this.statusCode);
    } catch (error) {
      this.call.fault(error);
      return 0;
    }
  }

  lines() {
    let head = '';
    const values = this.getHeaders();
    const keep = this.call.headOnly;
    for (const name of this.getRawHeaderNames()) {
      const value = values[name.toLowerCase()];
      if (Array.isArray(value)) for (const one of value) head += headerLine(name, one, keep);
      else head += headerLine(name, value, keep);
    }
    return head;
  }

  /** The caller went away. */
  hangUp() {
    if (this._closed) return;
    this.destroyed = true;
    this.closeOnce();
  }

  closeOnce() {
    if (this._closed) return;
    this._closed = true;
    this.emit('close');
    this.socket.close();
  }

  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.socket.destroy(error);
    if (this.stream !== null && !this.finished) this.call.fault(error ?? 'the function broke its answer off');
    nextTick(() => this.closeOnce());
    return this;
  }

  refuse(done) {
    const error = this.destroyed
      ? coded('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed')
      : coded('ERR_STREAM_WRITE_AFTER_END', 'write after end');
    nextTick(() => {
      done?.(error);
      if (!this.destroyed) this.emit('error', error);
    });
    return false;
  }

  get writableFinished() {
    return this.finished;
  }

  get writableNeedDrain() {
    return this.full && !this.destroyed && !this.finished;
  }

  get writableLength() {
    return 0;
  }
}

// Messages of their own on the wire, which the gateway doesn't carry.
for (const name of ['writeContinue', 'writeProcessing', 'writeEarlyHints', 'writeInformation']) {
  CallResponse.prototype[name] = (...given) => {
    const done = given.at(-1);
    if (typeof done === 'function') nextTick(done);
  };
}

function bytesOf(data, encoding) {
  if (typeof data === 'string') return Buffer.from(data, encoding ?? 'utf8');
  if (data instanceof Uint8Array) return data;
  throw Object.assign(new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

function pairsOf(flat) {
  const pairs = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]]);
  return pairs;
}

const coded = (code, message) => Object.assign(new Error(message), { code });

module.exports = { CallResponse };
