// Gives memory back when nobody has called for a while, and then leaves no timer behind: a process that sleeps costs
// nothing. The timer isn't touched by calls; it looks at the clock when it fires. The collection also forgets compiled code,
// which the next calls pay for: so not in every pause.
'use strict';
const { setTimeout, performance } = globalThis;
const now = performance.now.bind(performance);

const QUIET = 15_000;

/** Watches for quiet. The answer is called when something happens; it is cheap to call while awake. */
function awaitQuiet(host) {
  let timer = null;

  function look() {
    const left = host.open > 0 ? QUIET : host.lastCall + QUIET - now();
    if (left > 1) {
      timer = setTimeout(look, left);
      timer.unref();
      return;
    }
    timer = null;
    rest(host);
  }

  function wake() {
    if (timer === null) {
      timer = setTimeout(look, QUIET);
      timer.unref();
    }
  }

  host.lastCall = now();
  wake();
  return wake;
}

function rest(host) {
  for (const connection of host.connections) connection.outbox.release();
  require('./memory.cjs').collectIfWorthwhile();
}

module.exports = { awaitQuiet, now };
