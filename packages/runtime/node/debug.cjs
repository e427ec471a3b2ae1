// Lets a debugger in before the function's code is read. The gateway brings it to this port, wherever that is reachable from.
'use strict';
const inspector = require('node:inspector');

/** `how` is `PORT` or `PORT,wait`: then nothing goes on until a debugger is there. */
function openDebugger(how) {
  const [port, wait] = how.split(',');
  inspector.open(Number(port), '127.0.0.1', false);
  if (wait === 'wait') inspector.waitForDebugger();
}

module.exports = { openDebugger };
