'use strict';
const { createCanvas, loadImage } = require('@napi-rs/canvas');
const { sizeOf } = require('./image-size.js');

const LARGEST_RESULT = 2_000;
const LARGEST_SIDE = 16_384;
const MOST_PIXELS = 20e6;

module.exports = async (event, context) => {
  try {
    const { body, type } = await thumbnail(event.body, event.query);
    return context.headers({ 'content-type': `image/${type}` }).succeed(body);
  } catch (error) {
    if (error instanceof Refusal) return context.status(error.status).succeed({ error: error.message });
    throw error;
  }
};

/** What the caller did wrong. Whatever else goes wrong is the function's fault: thrown, it becomes a 500 and is in the log. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function thumbnail(bytes, query) {
  const box = boxIn(query);
  const size = sizeOf(bytes);
  if (size === undefined) throw new Refusal(400, 'the body is not a JPEG or PNG image');
  if (Math.max(size.width, size.height) > LARGEST_SIDE || size.width * size.height > MOST_PIXELS) {
    const found = `the image has ${size.width} × ${size.height} pixels`;
    throw new Refusal(
      413,
      `${found}; ${MOST_PIXELS / 1e6} million are the most, and ${LARGEST_SIDE} on a side`,
    );
  }
  return inTurn(() => resized(bytes, box, size.type));
}

/** `?width=200`, `?height=200`, or both: the picture then fits into the two. */
function boxIn(query) {
  const width = lengthIn(query, 'width');
  const height = lengthIn(query, 'height');
  if (width === undefined && height === undefined)
    throw new Refusal(400, 'say how large it shall be: ?width=200, ?height=200 or both');
  return { width: width ?? Infinity, height: height ?? Infinity };
}

function lengthIn(query, name) {
  const text = query[name];
  if (text === undefined) return undefined;
  const length = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (length < 1 || length > LARGEST_RESULT)
    throw new Refusal(400, `${name} is a whole number from 1 to ${LARGEST_RESULT}`);
  return length;
}

async function resized(bytes, box, type) {
  // Photographs are turned here as their EXIF says, so width and height are asked again.
  const image = await loadImage(bytes).catch(() => {
    throw new Refusal(400, 'the image is broken');
  });
  try {
    // Never larger than it is: that would add bytes and nothing to see.
    const scale = Math.min(box.width / image.width, box.height / image.height, 1);
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    const canvas = createCanvas(width, height);
    const pen = canvas.getContext('2d');
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(image, 0, 0, width, height);
    return { body: await (type === 'png' ? canvas.encode('png') : canvas.encode('jpeg', 82)), type };
  } finally {
    // Pixels lie where the garbage collector does not see how large they are; so they are given back at once.
    image.src = '';
  }
}

let last = Promise.resolve();

/** One picture after the other: calls share the instance and its memory. */
function inTurn(work) {
  const turn = last.then(work);
  last = turn.catch(() => {});
  return turn;
}
