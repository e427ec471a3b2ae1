// V8's collector, asked for when it is first needed: started with `--expose-gc`, Node would compile its own library anew
// at every start, 7 ms.
'use strict';
const { memoryUsage } = process;

const ENOUGH = 16 * 1024 * 1024;

let collect;
let passed = 0;

/** The young objects only, which takes well under a millisecond. */
const YOUNG = { type: 'minor', execution: 'sync' };
/** Everything, and the freed pages back to the system: after heavy work 240 MB became 13 by this, 150 without `flavor`. */
const ALL = { type: 'major', execution: 'sync', flavor: 'last-resort' };

function collectGarbage(what) {
  if (collect === undefined) {
    require('node:v8').setFlagsFromString('--expose-gc');
    collect = require('node:vm').runInNewContext('gc');
  }
  collect(what);
}

const WORTHWHILE = 512 * 1024;
let usual = Infinity;

function held() {
  const { heapTotal, external } = memoryUsage();
  return heapTotal + external;
}

/** Takes what is held now for what the function needs. */
function rememberUsual() {
  usual = held();
}

/** Collects if something has gathered since: a function that never did anything is left alone. */
function collectIfWorthwhile() {
  if (held() < usual + WORTHWHILE) return;
  collectGarbage(ALL);
  rememberUsual();
}

/** Counts the bytes of streamed bodies: V8 sees small objects only and would let 64 MB of dead pieces gather. */
function passedBy(bytes) {
  passed += bytes;
  if (passed < ENOUGH) return;
  passed = 0;
  collectGarbage(YOUNG);
}

module.exports = { collectIfWorthwhile, passedBy, rememberUsual };
