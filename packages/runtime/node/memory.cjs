// V8's collector, asked for when it is first needed: started with `--expose-gc`, Node would compile its own library anew
// at every start, 7 ms.
'use strict';

const ENOUGH = 16 * 1024 * 1024;

let collect;
let passed = 0;

/** A collection; `'minor'` for the young only, which takes well under a millisecond. */
function collectGarbage(type = 'major') {
  if (collect === undefined) {
    require('node:v8').setFlagsFromString('--expose-gc');
    collect = require('node:vm').runInNewContext('gc');
  }
  collect({ type, execution: 'sync' });
}

/** Counts the bytes of streamed bodies: V8 sees small objects only and would let 64 MB of dead pieces gather. */
function passedBy(bytes) {
  passed += bytes;
  if (passed < ENOUGH) return;
  passed = 0;
  collectGarbage('minor');
}

module.exports = { collectGarbage, passedBy };
