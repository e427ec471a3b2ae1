// A QR code as a picture, a drawing or text.
'use strict';
const { deflateSync, crc32 } = require('node:zlib');

/** White around it, in modules: readers expect four. */
const BORDER = 4;
const withBorder = (modules) => modules.length + 2 * BORDER;

/** One bit for a pixel. All modules are of one size, so what is left over of `size` is white. */
function png(modules, size) {
  const scale = Math.floor(size / withBorder(modules));
  const offset = Math.floor((size - scale * modules.length) / 2);
  const stride = 1 + Math.ceil(size / 8);
  const rows = Buffer.alloc(size * stride, 0xff);
  for (let y = 0; y < size; y++) {
    // How a row is filtered: not.
    rows[y * stride] = 0;
    const row = modules[Math.floor((y - offset) / scale)] ?? [];
    for (let x = 0; x < size; x++) {
      if (row[Math.floor((x - offset) / scale)]) rows[y * stride + 1 + (x >> 3)] &= ~(0x80 >> (x & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 1;
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

function chunk(name, data) {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

function svg(modules, size) {
  const side = withBorder(modules);
  const runs = modules.flatMap((row, y) =>
    [
      ...row
        .map((dark) => (dark ? '#' : ' '))
        .join('')
        .matchAll(/#+/g),
    ].map(({ 0: { length }, index }) => `M${index + BORDER} ${y + BORDER}h${length}v1h-${length}z`),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${runs.join('')}"/></svg>\n`;
}

/** Two rows in one line, in blocks that are light where the code is: made for light text on a dark ground. */
function text(modules) {
  const border = 2;
  const dark = (x, y) => modules[y]?.[x] ?? false;
  let lines = '';
  for (let y = -border; y < modules.length + border; y += 2) {
    for (let x = -border; x < modules.length + border; x++) {
      // A row below the last one is not white but nothing.
      const below = y + 1 >= modules.length + border || dark(x, y + 1);
      lines += dark(x, y) ? (below ? ' ' : '▄') : below ? '▀' : '█';
    }
    lines += '\n';
  }
  return lines;
}

const nothing = () => 0;

module.exports = {
  drawings: {
    png: { type: 'image/png', draw: png, least: withBorder },
    svg: { type: 'image/svg+xml', draw: svg, least: nothing },
    text: { type: 'text/plain; charset=utf-8', draw: text, least: nothing },
  },
};
