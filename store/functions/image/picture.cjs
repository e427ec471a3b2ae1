// From the bytes of an image to a canvas with the picture on it, upright, and back. A picture takes a hundred times its file in memory,
// so only one is worked on at a time; calls wait for their turn.
'use strict';
const { createCanvas, loadImage } = require('@napi-rs/canvas');
const { broken, inspect } = require('./image-size.cjs');

const QUALITY = 92;

/** How a picture of that size is turned and mirrored for each of EXIF's orientations, as `setTransform` takes it. */
const transforms = {
  1: () => [1, 0, 0, 1, 0, 0],
  2: (width) => [-1, 0, 0, 1, width, 0],
  3: (width, height) => [-1, 0, 0, -1, width, height],
  4: (_, height) => [1, 0, 0, -1, 0, height],
  5: () => [0, 1, 1, 0, 0, 0],
  6: (_, height) => [0, 1, -1, 0, height, 0],
  7: (width, height) => [0, -1, -1, 0, height, width],
  8: (width) => [0, -1, 1, 0, 0, width],
};

let last = Promise.resolve();

/** One after the other. */
function inTurn(work) {
  const turn = last.then(work);
  last = turn.catch(() => {});
  return turn;
}

/**
 * Decodes, hands the picture to `change`, and encodes it in the format that it came in. `change` gets a canvas of the picture's size when
 * it is upright, and `paint(context, top)`, which draws the picture on a context whose upper edge lies at that row of it.
 */
function changed(bytes, change) {
  const head = inspect(bytes);
  return inTurn(async () => {
    const image = await decoded(bytes, head);
    const sideways = head.orientation > 4;
    const [width, height] = sideways ? [head.height, head.width] : [head.width, head.height];
    const canvas = createCanvas(width, height);
    try {
      await change(canvas, (context, top) => paint(context, image, head, top));
      // Given back at once: the collector knows nothing of how large they are.
      image.src = '';
      const body = head.format === 'png' ? await canvas.encode('png') : await canvas.encode('jpeg', QUALITY);
      return { body, type: `image/${head.format}` };
    } finally {
      image.src = '';
      canvas.width = 1;
      canvas.height = 1;
    }
  });
}

async function decoded(bytes, head) {
  // The library would turn it by itself, for which it needs a copy and a half more.
  for (const at of head.turns) bytes[at] = 1;
  const image = await loadImage(bytes).catch(() => undefined);
  if (image?.width === head.width && image.height === head.height) return image;
  throw broken();
}

function paint(context, image, head, top) {
  context.save();
  context.imageSmoothingEnabled = false;
  const [a, b, c, d, x, y] = transforms[head.orientation](head.width, head.height);
  context.setTransform(a, b, c, d, x, y - top);
  context.drawImage(image, 0, 0);
  context.restore();
}

module.exports = { changed };
