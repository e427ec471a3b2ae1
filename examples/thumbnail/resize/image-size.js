// How large a picture is, by the first bytes of its file. A file of a few kilobytes may say that it is a hundred thousand pixels wide, and
// who decodes that has no memory left: so this is asked before.
'use strict';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const [START_OF_SCAN, HUFFMAN_TABLE, RESERVED, ARITHMETIC_TABLE] = [0xda, 0xc4, 0xc8, 0xcc];

/** `type`, `width` and `height`, as they lie in the file; undefined for what is no JPEG and no PNG, or cut short before it says. */
function sizeOf(bytes) {
  const found = bytes.subarray(0, PNG.length).equals(PNG) ? png(bytes) : jpeg(bytes);
  return found !== undefined && found.width > 0 && found.height > 0 ? found : undefined;
}

function png(bytes) {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { type: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** A JPEG is a row of segments: 0xff, what it is, its length; the one called "start of frame" has the size. */
function jpeg(bytes) {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    // Any number of 0xff may stand in front of a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isFrame(marker))
      return { type: 'jpeg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    if (marker === START_OF_SCAN) return undefined;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** Of these sixteen, three are something else. */
function isFrame(marker) {
  if (marker === HUFFMAN_TABLE || marker === RESERVED || marker === ARITHMETIC_TABLE) return false;
  return marker >= 0xc0 && marker <= 0xcf;
}

module.exports = { sizeOf };
