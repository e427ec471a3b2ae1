// Goes over a picture in strips: the pixels of all of it at once, as numbers, would need half as much memory again.
'use strict';
const { setImmediate: breath } = require('node:timers/promises');
const { createCanvas } = require('@napi-rs/canvas');

const STRIP = 128;

async function tint(canvas, paint, table) {
  const whole = canvas.getContext('2d');
  const strip = createCanvas(canvas.width, Math.min(STRIP, canvas.height));
  const part = strip.getContext('2d');
  for (let top = 0; top < canvas.height; top += STRIP) {
    const height = Math.min(STRIP, canvas.height - top);
    part.clearRect(0, 0, strip.width, strip.height);
    paint(part, top);
    const pixels = part.getImageData(0, 0, strip.width, height);
    colour(pixels.data, table);
    whole.putImageData(pixels, 0, top);
    // Given back at once: the collector would let fifty megabytes of them gather.
    pixels.data.buffer.transfer(0);
    await breath();
  }
  strip.width = 1;
  strip.height = 1;
}

/** By the weights that HDTV gives to red, green and blue; what is transparent stays so. */
function colour(data, table) {
  for (let i = 0; i < data.length; i += 4) {
    const brightness = (data[i] * 54 + data[i + 1] * 183 + data[i + 2] * 19) >> 8;
    data[i] = table[brightness * 3];
    data[i + 1] = table[brightness * 3 + 1];
    data[i + 2] = table[brightness * 3 + 2];
  }
}

module.exports = { tint };
