// The Node host: started with `--socket PATH`, it listens there, is given one function once and serves its calls
// (docs/runtime-protocol.md). Everything that a bare start doesn't need is loaded later, because starting is what a
// cold call waits for. The file of each concern is named after it; user code never sees any of them.
'use strict';
const net = require('node:net');
const fs = require('node:fs');
const { Connection } = require('./connection.cjs');
const { awaitQuiet } = require('./quiet.cjs');

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
  /** Streamed answers announced on a lane and not fetched yet, by stream number. */
  unfetched: new Map(),
  streams: 0,
  server: undefined,
  wake: undefined,
  /** Called when a call has ended; `stop.cjs` replaces it. */
  ended: () => {},
};

function main() {
  const socket = process.argv[process.argv.indexOf('--socket') + 1];
  if (!process.argv.includes('--socket') || !socket) return giveUp('usage: host.cjs --socket PATH');
  host.server = net.createServer({ allowHalfOpen: true }, (peer) => new Connection(peer, host));
  host.server.on('error', (error) => giveUp(`cannot listen on ${socket}: ${error.message}`));
  host.server.listen(socket, () => {
    ready();
    host.wake = awaitQuiet(host);
    // A waiting host has time to prepare what nearly every function needs.
    setImmediate(() => require('./load.cjs'));
  });
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
