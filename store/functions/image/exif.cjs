// Which way up a photograph is: cameras write the picture as it falls on the sensor, and how it has to be turned beside it.
'use strict';

const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The orientation (1 to 8) in an EXIF block, which is a small TIFF file, and the place of the byte that says it. Undefined where there
 * is none that makes sense.
 */
function orientationIn(bytes, from, end) {
  const block = bytes.subarray(from, end);
  if (block.length < 8) return undefined;
  const order = block.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return undefined;
  const little = order === 'II';
  const short = (at) => (little ? block.readUInt16LE(at) : block.readUInt16BE(at));
  const directory = little ? block.readUInt32LE(4) : block.readUInt32BE(4);
  if (directory + 2 > block.length) return undefined;
  const entries = short(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > block.length) return undefined;
    if (short(at) !== ORIENTATION || short(at + 2) !== SHORT) continue;
    const orientation = short(at + 8);
    if (orientation < 1 || orientation > 8) return undefined;
    return { orientation, at: from + at + (little ? 8 : 9) };
  }
  return undefined;
}

module.exports = { orientationIn };
