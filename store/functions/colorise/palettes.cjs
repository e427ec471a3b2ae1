// Palettes: colours from dark to bright, evenly apart, and what lies between them.
'use strict';
const { Refusal } = require('../image/refusal.cjs');

const palettes = {
  sepia: ['120a04', '5c3d22', 'b58b5c', 'f3e3c3', 'fffaf0'],
  cyanotype: ['04132b', '0f3d6e', '4d8fb8', 'bfe0e6', 'f7fbf5'],
  heat: ['000004', '3b0f70', '8c2981', 'de4968', 'fe9f6d', 'fcfdbf'],
  sunset: ['1b1035', '5b2a6e', 'c2476b', 'f59b5b', 'fff1c9'],
  forest: ['08140d', '1f4a33', '5f8a4e', 'bcc98a', 'fbf8e3'],
};
const USUAL = 'sepia';

/** The colour for each of 256 degrees of brightness, three bytes each. */
function tableOf({ palette = USUAL, dark, light }) {
  if (dark !== undefined || light !== undefined) return spread([colour(dark), colour(light)]);
  if (typeof palette !== 'string' || !Object.hasOwn(palettes, palette)) {
    const next = `Take one of ${Object.keys(palettes).join(', ')}, or give dark and light, as in ?dark=1b1035&light=fff1c9.`;
    throw new Refusal(400, 'no-such-palette', `There is no palette ${JSON.stringify(palette)}.`, next);
  }
  return spread(palettes[palette].map(colour));
}

function colour(text) {
  const [, digits] = /^#?([0-9a-f]{6})$/i.exec(text) ?? [];
  if (digits !== undefined) return [...Buffer.from(digits, 'hex')];
  const message = `dark and light are both needed, as six hexadecimal digits each; one is ${JSON.stringify(text) ?? 'missing'}.`;
  throw new Refusal(400, 'no-such-colour', message, 'Try ?dark=1b1035&light=fff1c9.');
}

function spread(stops) {
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const below = Math.min(Math.floor(at), stops.length - 2);
    for (let part = 0; part < 3; part++) {
      const [from, to] = [stops[below][part], stops[below + 1][part]];
      table[i * 3 + part] = Math.round(from + (to - from) * (at - below));
    }
  }
  return table;
}

module.exports = { tableOf };
