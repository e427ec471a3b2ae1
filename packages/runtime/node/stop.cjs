// STOP: the function and its child processes hear SIGTERM, what is in flight is finished, and the process ends with 0.
// A function that listens for SIGTERM ends by itself, as it would anywhere; the gateway has the last word.
'use strict';
const fs = require('node:fs');
const { exit } = process;
const kill = process.kill.bind(process);

/** The number of the machine's own process namespace, which is the same on every Linux. */
const MACHINE = 'pid:[4026531836]';

function stop(host) {
  if (host.stopping) return;
  host.stopping = true;
  host.server.close();
  const listens = process.listenerCount('SIGTERM') > 0;
  host.ended = () => host.open === 0 && setImmediate(leave, host, listens);
  if (host.contained) signalEveryone();
  // In a turn of its own: what a listener throws is the function's, as it would be with a real signal.
  if (listens) setImmediate(() => process.emit('SIGTERM', 'SIGTERM', 15));
  setImmediate(() => host.ended());
}

/** Every process that we may signal, except ourselves; never on the machine itself, whatever we were told. */
function signalEveryone() {
  try {
    if (fs.readlinkSync('/proc/self/ns/pid') !== MACHINE) kill(-1, 'SIGTERM');
  } catch {
    // Nobody there, or nobody that is ours.
  }
}

/** Nothing is in flight: go, once the last bytes have left. With a SIGTERM listener the loop runs dry instead. */
function leave(host, listens) {
  if (host.open > 0) return;
  let writing = 0;
  for (const { socket, outbox } of host.connections) {
    outbox.flush();
    if (listens) socket.unref();
    if (socket.writableLength === 0) continue;
    writing++;
    socket.write('', () => --writing === 0 && !listens && exit(0));
  }
  if (writing === 0 && !listens) exit(0);
}

module.exports = { stop };
