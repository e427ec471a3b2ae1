// What Express, Koa and loggers look at when they ask a request for its socket. There is none of its own here: the
// connection belongs to the gateway.
'use strict';
const { EventEmitter } = require('node:events');

class CallSocket extends EventEmitter {
  constructor(call, address, encrypted) {
    super();
    this.call = call;
    this.encrypted = encrypted;
    this.remoteAddress = address;
    this.remotePort = 0;
    this.remoteFamily = address.includes(':') ? 'IPv6' : 'IPv4';
    this.localAddress = '127.0.0.1';
    this.localPort = 8080;
    this.readable = true;
    this.writable = true;
    this.destroyed = false;
    this.readableHighWaterMark = 65536;
    this.writableHighWaterMark = 65536;
    this.writableLength = 0;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.timeout = 0;
  }

  /** The function wants nothing more of this caller: its call ends without an answer, as a hang-up does. */
  destroy(error) {
    if (this.destroyed) return this;
    this.close();
    if (!this.call.over) this.call.fault(error ?? 'the function closed the connection without an answer');
    return this;
  }

  close() {
    if (this.destroyed) return;
    this.destroyed = true;
    this.readable = false;
    this.writable = false;
    process.nextTick(() => this.emit('close', false));
  }

  address() {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort };
  }
}

for (const name of [
  'setTimeout',
  'setNoDelay',
  'setKeepAlive',
  'ref',
  'unref',
  'cork',
  'uncork',
  'pause',
  'resume',
]) {
  CallSocket.prototype[name] = function () {
    return this;
  };
}

module.exports = { CallSocket };
