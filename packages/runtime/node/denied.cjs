// Says in the error of a connection that the function's network does not lead there, and which annotation would: otherwise all that is
// seen is that a name cannot be looked up. It only adds words; what is open and what is not is decided outside.
'use strict';
const net = require('node:net');
const { apply } = Reflect;

/** Nothing leads outside. */
const closed = new Set(['EAI_AGAIN', 'ENOTFOUND', 'ENETUNREACH', 'EHOSTUNREACH']);

function explainDenials(grant) {
  const { connect, _destroy } = net.Socket.prototype;
  const targets = new WeakMap();
  net.Socket.prototype.connect = function (...args) {
    const target = targetOf(args);
    if (target !== undefined) targets.set(this, target);
    return apply(connect, this, args);
  };
  net.Socket.prototype._destroy = function (error, done) {
    const target = targets.get(this);
    if (error !== null && typeof error === 'object' && target !== undefined) tell(error, target, this, grant);
    return apply(_destroy, this, [error, done]);
  };
}

/** As `net` takes it: options, or a port and perhaps a host, or both in an array of its own. */
function targetOf([first, second]) {
  const given = Array.isArray(first) ? first[0] : first;
  const {
    port,
    host: named,
    path,
  } = given !== null && typeof given === 'object'
    ? given
    : { port: given, host: typeof second === 'string' ? second : undefined };
  const host = String(named ?? 'localhost');
  if (path !== undefined || port === undefined || /^(?:localhost|127\.|::1$)/.test(host)) return undefined;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function tell(error, target, socket, grant) {
  try {
    if (grant === 'none' && closed.has(error.code))
      add(error, `; this function has no network, to allow it: com.wherry.network: "${target}"`);
    else if (grant !== 'none' && error.code === 'ECONNRESET' && socket.bytesRead === 0)
      add(error, `; if its network refused ${target}, its log says so and what would allow it`);
  } catch {
    // The error is frozen, or not like one.
  }
}

/** To the message, and where it has been written down already for whoever prints the stack. */
function add(error, words) {
  const { message, stack } = error;
  error.message = message + words;
  if (typeof stack === 'string') error.stack = stack.replace(message, () => message + words);
}

module.exports = { explainDenials };
