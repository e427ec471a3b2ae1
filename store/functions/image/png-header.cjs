// The parts of a PNG around its pixels.
'use strict';
const { orientationIn } = require('./exif.cjs');

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

const isPng = (bytes) => bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE);

/** Undefined where it is broken. */
function readPng(bytes) {
  const at = SIGNATURE.length;
  // The first part is always of this name and this length.
  if (bytes.length < at + 25 || bytes.toString('latin1', at + 4, at + 8) !== 'IHDR') return undefined;
  const [width, height] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
  if (width === 0 || height === 0) return undefined;
  const head = { format: 'png', width, height, orientation: 1, turns: [] };
  return walk(bytes, at, head) ? head : undefined;
}

/** Through all parts to the last; false where that is missing, and with it some of the picture. */
function walk(bytes, start, head) {
  for (let at = start; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) return false;
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IEND') return true;
    if (name === 'eXIf') head.orientation = orientationIn(bytes, at + 8, end - 4)?.orientation ?? 1;
    at = end;
  }
  return false;
}

module.exports = { isPng, readPng };
