// The signature of `node:http`: `(req, res)`, also with `next`, which is what Express and Koa are made of.
'use strict';
const { CallSocket } = require('./http-socket.cjs');
const { message } = require('./http-request.cjs');
const { respond } = require('./http-response.cjs');

const UPGRADE = /\nupgrade:/i;
const FORWARDED = /\nx-forwarded-(for|proto):[ \t]*([^,\n]*)/gi;

function socketOf(call) {
  let address = '127.0.0.1';
  let encrypted = false;
  for (const [, name, value] of call.head.matchAll(FORWARDED)) {
    if (name.length === 3 && value !== '') address = value.trim();
    else if (name.length === 5) encrypted = value.trim().toLowerCase() === 'https';
  }
  return new CallSocket(call, address, encrypted);
}

function serve({ handler }) {
  return (call) => {
    if (handler.upgrade !== undefined && UPGRADE.test(call.head))
      return require('./upgrade.cjs').upgrade(call, handler);
    const socket = socketOf(call);
    const incoming = message(call, socket);
    const outgoing = respond(incoming.request, call);
    const { request } = incoming;
    const { response } = outgoing;
    request.res = response;
    call.onCancel = () => {
      incoming.hangUp();
      outgoing.hangUp();
    };
    const next = (error) => {
      if (error) call.fault(error);
      else if (!response.headersSent)
        response.writeHead(404).end(`Cannot ${request.method} ${request.url}\n`);
    };
    try {
      const result = handler(request, response, next);
      if (typeof result?.then === 'function') result.then(undefined, (error) => call.fault(error));
    } catch (error) {
      call.fault(error);
    }
  };
}

module.exports = { serve };
