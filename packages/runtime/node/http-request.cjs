// A call as an `http.IncomingMessage`, so that frameworks find everything that they find in Node's own. What we replace is
// the message's own, because Express exchanges its prototype.
'use strict';
const { IncomingMessage } = require('node:http');
const { requestLine, rawHeaders } = require('./head.cjs');
const { nextTick } = process;
const { defineProperty } = Object;

/** The message, and the way to tell it that the caller went away. */
function message(call, socket) {
  const request = new IncomingMessage(socket);
  const { method, target } = requestLine(call.head);
  const raw = rawHeaders(call.head);
  request.method = method;
  request.url = target;
  request.httpVersion = '1.1';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  // Whether anything comes, or may: a body without a length has no header any more that says so.
  request.hasBody = call.incoming !== null || (call.body !== null && call.body.length > 0);
  // Node's own way of keeping them raw until `headers` is looked at.
  request._addHeaderLines(raw, raw.length);
  defineProperty(request, '_read', { value: reading(request, call), writable: true, configurable: true });
  defineProperty(request, '_destroy', { value: leave, writable: true, configurable: true });
  return { request, hangUp: () => hangUp(request) };
}

/** Gives the body to the message at the pace at which it is read. */
function reading(request, call) {
  let begun = false;
  return () => {
    if (begun) {
      call.incoming?.resume();
      return;
    }
    begun = true;
    const end = () => {
      request.complete = true;
      request.push(null);
    };
    if (call.incoming !== null) {
      call.incoming.read({ data: (bytes) => request.push(bytes), end, cut: () => hangUp(request) });
      return;
    }
    if (call.body !== null) request.push(call.body);
    end();
  };
}

function hangUp(request) {
  if (request.destroyed || (request.complete && request.readableEnded)) return;
  request.aborted = true;
  request.emit('aborted');
  const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  request.destroy(request.listenerCount('error') > 0 ? error : null);
}

function leave(error, done) {
  nextTick(done, error);
}

module.exports = { message };
