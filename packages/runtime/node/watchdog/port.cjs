// The port at which a program listens that every call is passed on to.
'use strict';
const net = require('node:net');
const { setTimeout } = globalThis;

const LOOK_MS = 10;

function portOf(url) {
  if (url === '') return undefined;
  const found = /^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})\/?$/.exec(url);
  if (found === null) throw new Error(`upstream_url: ${JSON.stringify(url)} is not http://127.0.0.1:PORT`);
  return Number(found[1]);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when somebody accepts connections there; gives up when `done` says so. */
function accepts(port, done) {
  return new Promise((resolve) => {
    const look = () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve();
      });
      socket.once('error', () => {
        if (!done()) setTimeout(look, LOOK_MS);
      });
    };
    look();
  });
}

module.exports = { accepts, freePort, portOf };
