// What a failing handler's caller and its log get to see.
'use strict';
const { writeSync } = require('node:fs');
const { Buffer } = globalThis;

/** The text for the caller, and the stack for the log. Never throws, whatever was thrown. */
function describe(error) {
  if (typeof error === 'string') return { text: error, stack: error };
  try {
    const text = String(error);
    const stack = typeof error?.stack === 'string' ? error.stack : text;
    return {
      text,
      stack: error?.cause === undefined ? stack : `${stack}\n  cause: ${describe(error.cause).stack}`,
    };
  } catch {
    return { text: 'the function threw something that cannot be described', stack: '' };
  }
}

/** Writes to standard error at once: it must be there even if the process ends in the next moment. */
function log(text) {
  let rest = Buffer.from(`${text}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(2, rest));
    } catch (error) {
      // EAGAIN: somebody made the pipe non-blocking and it is full; the gateway is emptying it.
      if (error.code !== 'EAGAIN') return;
    }
  }
}

module.exports = { describe, log };
