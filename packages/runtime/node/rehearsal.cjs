// Goes once through a load and a call while nobody waits: V8 compiles a function when it is first called, and that would be
// most of what a wake costs. It plays on a stage of its own; neither the host nor its sockets notice.
'use strict';
const path = require('node:path');
const { CALL } = require('./frames.cjs');
const { Connection } = require('./connection.cjs');
const { Outbox } = require('./outbox.cjs');
const { detect, signatures } = require('./detect.cjs');
const { Buffer } = globalThis;

const script = path.join(__dirname, 'rehearsed-function.cjs');
const head = 'POST /path?query=1\nhost:localhost\ncontent-type:text/plain\n';

/** `evaluate` runs a file as a function's. */
async function rehearse(evaluate) {
  process.chdir('.');
  const exported = await evaluate(script, JSON.parse('{"code": "/", "entry": "index.js"}'));
  delete require.cache[script];
  const found = detect(exported, 'auto');
  const invoke = require(signatures[found.signature]).serve(found);
  const connection = new Connection(nobody(), stage(invoke));
  connection.read(frame(CALL, head, 'body'));
}

/** What a host is to its connections. */
function stage(invoke) {
  return {
    invoke,
    open: 0,
    lastCall: 0,
    connections: new Set(),
    aside: new Map(),
    overtaken: new Set(),
    unfetched: new Map(),
    wake() {},
    ended() {},
  };
}

/** A socket that takes everything and leads nowhere. */
function nobody() {
  const nothing = () => {};
  return { writable: true, writableLength: 0, on: nothing, write: nothing, end: nothing, resume: nothing };
}

function frame(type, head, body) {
  const outbox = new Outbox(nobody());
  outbox.frame(1, type, 0, 0, 1000, head, body);
  return Buffer.from(outbox.buffer.subarray(0, outbox.used));
}

module.exports = { rehearse };
