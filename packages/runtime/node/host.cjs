// The Node host: started with `--socket PATH`, it listens there, is given one function once and serves its calls
// (docs/runtime-protocol.md). Everything that a bare start doesn't need is loaded later, because starting is what a
// cold call waits for. The file of each concern is named after it; user code never sees any of them.
'use strict';
const net = require('node:net');
const fs = require('node:fs');
const { compileFunction, constants } = require('node:vm');
const own = new Map();
const requireOwn = requireFrom(__dirname);
const { Connection } = requireOwn('./connection.cjs');
const { awaitQuiet } = requireOwn('./quiet.cjs');

/** What the connections of this process share. */
const host = {
  /** Starts a call; replaced when the function has been loaded. */
  invoke: (call) => call.fault('the function is not loaded yet'),
  loading: false,
  stopping: false,
  /** Calls that have been begun and not ended. */
  open: 0,
  /** When the last call came, in milliseconds of `performance.now()`. */
  lastCall: 0,
  connections: new Set(),
  /** Open calls that came by side connections, by id. */
  aside: new Map(),
  /** Ids of calls by side connections that were cancelled on the lane before they were read. */
  overtaken: new Set(),
  /** Streamed answers announced on a lane and not fetched yet, by stream number. */
  unfetched: new Map(),
  streams: 0,
  server: undefined,
  wake: undefined,
  /** Called when a call has ended; `stop.cjs` replaces it. */
  ended: () => {},
};

/** Milliseconds without a function after which this is a host that waits for one. */
const WAITS = 25;

function main() {
  const socket = process.argv[process.argv.indexOf('--socket') + 1];
  if (!process.argv.includes('--socket') || !socket) return giveUp('usage: host.cjs --socket PATH');
  host.server = net.createServer({ allowHalfOpen: true }, (peer) => new Connection(peer, host));
  host.server.on('error', (error) => giveUp(`cannot listen on ${socket}: ${error.message}`));
  listen(host.server, socket, () => {
    ready();
    host.wake = awaitQuiet(host);
    setImmediate(() => requireOwn('./load.cjs'));
    setTimeout(prepare, WAITS).unref();
  });
}

/** `listen` loads all of `cluster` first, a millisecond and a half. */
function listen(server, socket, done) {
  if (typeof server._listen2 !== 'function') return server.listen(socket, done);
  server.once('listening', done);
  server._listen2(socket, -1, -1, 511);
}

/**
 * A file of the host, loaded where it lies. Node's own loader looks around for each, which takes as long as all the rest of the start;
 * and user code finds nothing of ours in the loader's list.
 */
function requireFrom(folder) {
  const requireOwn = (id) => {
    if (id.startsWith('../')) return load(folder.slice(0, folder.lastIndexOf('/')) + id.slice(2));
    return id.startsWith('./') ? load(folder + id.slice(1)) : require(id);
  };
  requireOwn.resolve = require.resolve;
  requireOwn.cache = require.cache;
  // Node 18 lets no text that was compiled by hand import anything; this file it has read itself.
  requireOwn.import = (specifier) => import(specifier);
  return requireOwn;
}

function load(file) {
  const known = own.get(file);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  own.set(file, module);
  const run = compileFunction(
    fs.readFileSync(file, 'utf8'),
    ['exports', 'require', 'module', '__filename', '__dirname'],
    { filename: file, importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER },
  );
  const folder = file.slice(0, file.lastIndexOf('/'));
  run(module.exports, folder === __dirname ? requireOwn : requireFrom(folder), module, file, folder);
  return module.exports;
}

/** A waiting host has time for what a wake has not. */
function prepare() {
  if (host.loading) return;
  const { evaluate } = requireOwn('./load.cjs');
  // It is only ever a gain: a host whose rehearsal fails serves as well, later by milliseconds.
  requireOwn('./rehearsal.cjs')
    .rehearse(evaluate)
    .catch(() => {});
}

/** The ready line, on descriptor 3 if we were given one: otherwise that number may be the event loop's own. */
function ready() {
  const line = JSON.stringify({ protocol: 1, runtime: 'node', version: process.versions.node });
  try {
    const kind = fs.fstatSync(3);
    if (!kind.isFIFO() && !kind.isSocket() && !kind.isFile()) return;
    fs.writeSync(3, `${line}\n`);
    fs.closeSync(3);
  } catch (error) {
    if (error.code !== 'EBADF') throw error;
  }
}

function giveUp(why) {
  fs.writeSync(2, `wherry node host: ${why}\n`);
  process.exit(1);
}

main();
