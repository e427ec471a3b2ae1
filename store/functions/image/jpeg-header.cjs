// The parts of a JPEG in front of its pixels.
'use strict';
const { orientationIn } = require('./exif.cjs');

/** Cameras write one, the web ten. Each is a pass over the whole picture, so thousands of empty ones would be hours of work. */
const MOST_SCANS = 100;

const [START, END, SCAN, EXIF] = [0xd8, 0xd9, 0xda, 0xe1];
const isFrame = (marker) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const isJpeg = (bytes) => bytes.length > 3 && bytes[0] === 0xff && bytes[1] === START && bytes[2] === 0xff;

/** Undefined where it is broken. */
function readJpeg(bytes) {
  const turns = [];
  let size;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1];
    // Any number of 0xff may stand in front of a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const from = at + 4;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end < from || end > bytes.length) return undefined;
    if (marker === SCAN)
      return size && complete(bytes, end) ? { ...size, ...turned(bytes, turns) } : undefined;
    if (marker === EXIF && bytes.toString('latin1', from, from + 6) === 'Exif\0\0')
      turns.push([from + 6, end]);
    if (isFrame(marker)) {
      if (end < from + 6) return undefined;
      size ??= { format: 'jpeg', width: bytes.readUInt16BE(from + 3), height: bytes.readUInt16BE(from + 1) };
      if (size.width === 0 || size.height === 0) return undefined;
    }
    at = end;
  }
  return undefined;
}

/** The first EXIF counts, and all of them are to be blanked. */
function turned(bytes, blocks) {
  const found = blocks.map(([from, end]) => orientationIn(bytes, from, end)).filter(Boolean);
  return { orientation: found[0]?.orientation ?? 1, turns: found.map(({ at }) => at) };
}

/** A decoder makes grey of what is missing and says nothing. */
function complete(bytes, from) {
  if (bytes.lastIndexOf(Buffer.from([0xff, END])) < from) return false;
  let scans = 1;
  for (let at = from; (at = bytes.indexOf(Buffer.from([0xff, SCAN]), at)) >= 0; at += 2) {
    if (++scans > MOST_SCANS) return false;
  }
  return true;
}

module.exports = { isJpeg, readJpeg };
