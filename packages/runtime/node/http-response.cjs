// Long because: it is one class of Node's that Express and Koa reach into, method by method.
// The answer to a call as an `http.ServerResponse`: headers are Node's own, what would go to the socket goes into the
// answer of the call. A body that is complete in one turn leaves as one frame, anything else streams.
// The methods that we replace are the response's own, because Express exchanges its prototype.
'use strict';
const { ServerResponse } = require('node:http');
const { headerLine, checkStatus } = require('./head.cjs');
const { Buffer } = globalThis;
const { nextTick } = process;
const { defineProperty } = Object;

const BODILESS = new Set([204, 304]);

/** A response whose output is the answer of `call`; and the way to tell it that the caller went away. */
function respond(request, call) {
  const response = new ServerResponse(request);
  const outlet = new Outlet(response, call);
  response.socket = request.socket;
  for (const name of REPLACED) {
    defineProperty(response, name, { value: outlet[name].bind(outlet), writable: true, configurable: true });
  }
  defineProperty(response, 'writableFinished', { get: () => outlet.done, configurable: true });
  for (const name of SILENT)
    defineProperty(response, name, { value: silent, writable: true, configurable: true });
  return { response, hangUp: () => outlet.hangUp() };
}

const REPLACED = ['writeHead', 'flushHeaders', 'write', 'end', 'destroy'];
// Messages of their own on the wire, which the gateway doesn't carry.
const SILENT = ['writeContinue', 'writeProcessing', 'writeEarlyHints', 'writeInformation'];

function silent(...given) {
  const done = given.at(-1);
  if (typeof done === 'function') nextTick(done);
}

class Outlet {
  constructor(response, call) {
    this.response = response;
    this.call = call;
    this.stream = null;
    this.full = false;
    this.done = false;
  }

  writeHead(status, reason, headers) {
    if (this.response._header)
      throw coded('ERR_HTTP_HEADERS_SENT', 'Cannot write headers after they are sent to the client');
    this.response.statusCode = status;
    if (typeof reason === 'string') this.response.statusMessage = reason;
    else headers = reason;
    if (Array.isArray(headers)) {
      const pairs = Array.isArray(headers[0]) ? headers : pairsOf(headers);
      for (const [name] of pairs) this.response.removeHeader(name);
      for (const [name, value] of pairs) this.response.appendHeader(name, value);
    } else if (headers) {
      for (const name of Object.keys(headers)) if (name) this.response.setHeader(name, headers[name]);
    }
    // What tells Node's own methods, and middleware, that the head is fixed.
    this.response._header = `HTTP/1.1 ${status}\r\n`;
    return this.response;
  }

  flushHeaders() {
    if (!this.response._header) this.response._implicitHeader();
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
      this.response.emit('drain');
    };
  }

  write(data, encoding, done) {
    if (typeof encoding === 'function') [encoding, done] = [undefined, encoding];
    if (this.response.finished || this.response.destroyed) return this.refuse(done);
    const bytes = bytesOf(data, encoding);
    if (!this.response._header) this.response._implicitHeader();
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
    if (this.response.finished) {
      if (typeof done === 'function')
        nextTick(done, coded('ERR_STREAM_ALREADY_FINISHED', 'end called after end'));
      return this.response;
    }
    let bytes = data === undefined || data === null ? null : bytesOf(data, encoding);
    if (!this.response._header) this.response._implicitHeader();
    if (typeof done === 'function') this.response.once('finish', done);
    this.response.finished = true;
    if (this.bodiless()) bytes = null;
    if (this.stream !== null) {
      if (bytes !== null) this.stream.write(bytes);
      this.stream.end();
    } else if (!this.call.answered) {
      const status = this.checked();
      if (status !== 0) this.call.answer(status, this.lines(), bytes);
    }
    nextTick(() => {
      if (this.response.destroyed) return;
      this.done = true;
      this.response.emit('finish');
      this.closeOnce();
    });
    return this.response;
  }

  /** HEAD, 204 and 304 have no body, whatever is written. */
  bodiless() {
    return this.call.headOnly || BODILESS.has(this.response.statusCode);
  }

  checked() {
    try {
      return checkStatus(this.response.statusCode);
    } catch (error) {
      this.call.fault(error);
      return 0;
    }
  }

  lines() {
    let head = '';
    const values = this.response.getHeaders();
    // Of a whole answer the gateway knows the length itself.
    const keep = this.call.headOnly || !this.response.finished;
    for (const name of this.response.getRawHeaderNames()) {
      const value = values[name.toLowerCase()];
      if (Array.isArray(value)) for (const one of value) head += headerLine(name, one, keep);
      else head += headerLine(name, value, keep);
    }
    return head;
  }

  /** The caller went away. */
  hangUp() {
    if (this.response._closed) return;
    this.response.destroyed = true;
    this.closeOnce();
  }

  closeOnce() {
    if (this.response._closed) return;
    this.response._closed = true;
    this.response.emit('close');
    this.response.socket.close();
  }

  destroy(error) {
    if (this.response.destroyed) return this.response;
    this.response.destroyed = true;
    this.response.socket.destroy(error);
    if (this.stream !== null && !this.response.finished)
      this.call.fault(error ?? 'the function broke its answer off');
    nextTick(() => this.closeOnce());
    return this.response;
  }

  refuse(done) {
    const error = this.response.destroyed
      ? coded('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed')
      : coded('ERR_STREAM_WRITE_AFTER_END', 'write after end');
    nextTick(() => {
      done?.(error);
      if (!this.response.destroyed) this.response.emit('error', error);
    });
    return false;
  }
}

function bytesOf(data, encoding) {
  if (typeof data === 'string') return Buffer.from(data, encoding ?? 'utf8');
  if (data instanceof Uint8Array) return data;
  throw Object.assign(
    new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array'),
    {
      code: 'ERR_INVALID_ARG_TYPE',
    },
  );
}

function pairsOf(flat) {
  const pairs = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]]);
  return pairs;
}

const coded = (code, message) => Object.assign(new Error(message), { code });

module.exports = { respond };
