// Format and size of an image by what its file says first, before anything is decoded: a file of a few kilobytes may say that it is a
// hundred thousand pixels wide, and who decodes that has no memory left.
'use strict';
const { Refusal } = require('./refusal.cjs');
const { isJpeg, readJpeg } = require('./jpeg-header.cjs');
const { isPng, readPng } = require('./png-header.cjs');

const MOST_A_SIDE = 16_384;
const MOST_MEGAPIXELS = 40;
/**
 * Decoder, canvas and encoder hold up to 12 bytes at once for each pixel. With Node and Skia, the file that came and the one that
 * leaves, this many fit into 256 MiB.
 */
const USUAL_MEGAPIXELS = 13.5;

const megapixels = Math.min(Number(process.env.max_megapixels) || USUAL_MEGAPIXELS, MOST_MEGAPIXELS);

/**
 * `format`, `width` and `height` as the picture lies in its file, `orientation` by which it is to be turned (as EXIF counts), and the
 * places `turns` in the file that say so. Refuses what is neither JPEG nor PNG, what is cut short, and what is too large.
 */
function inspect(bytes) {
  if (!isJpeg(bytes) && !isPng(bytes)) {
    const next = 'Send a JPEG or a PNG; the name of a file does not matter, its content does.';
    throw new Refusal(400, 'not-an-image', `This is ${kind(bytes)}, and neither a JPEG nor a PNG.`, next);
  }
  const head = isJpeg(bytes) ? readJpeg(bytes) : readPng(bytes);
  if (head === undefined) throw broken();
  const { width, height } = head;
  const found = `The image has ${width} × ${height} pixels`;
  if (Math.max(width, height) > MOST_A_SIDE) {
    throw tooLarge(`${found}, and ${MOST_A_SIDE} are the most on one side.`, 'Send a smaller image.');
  }
  const pixels = width * height;
  if (pixels > megapixels * 1e6) {
    const more = `or give the function 12 MiB more for each million and say how many in its variable max_megapixels (up to ${MOST_MEGAPIXELS})`;
    throw tooLarge(
      `${found}, ${Math.ceil(pixels / 1e4) / 100} million of them, and ${megapixels} million are the most.`,
      megapixels < MOST_MEGAPIXELS ? `Send a smaller image, ${more}.` : 'Send a smaller image.',
    );
  }
  return head;
}

const tooLarge = (message, next) => new Refusal(413, 'too-many-pixels', message, next);
const broken = () =>
  new Refusal(400, 'broken-image', 'The image is broken or cut short.', 'Send one that opens elsewhere.');

/** What came instead: nearly always a page that says something, or an image of another kind. */
function kind(bytes) {
  if (bytes.length === 0) return 'empty';
  const start = bytes.toString('latin1', 0, 512);
  if (/^GIF8[79]a/.test(start)) return 'a GIF';
  if (/^RIFF....WEBP/s.test(start)) return 'a WebP';
  if (/^....ftyp(?:avi|hei|mif)/s.test(start)) return 'an AVIF or HEIC image';
  if (/<svg[\s>]/i.test(start)) return 'an SVG';
  if (/^[\s\xef\xbb\xbf]*<(?:!doctype|html|head|\?xml|!--)/i.test(start)) return 'a page of HTML or XML';
  if (/^[\s\xef\xbb\xbf]*[{[]/.test(start)) return 'JSON';
  return /^[\t\n\r\x20-\x7e]*$/.test(start) ? 'text' : 'something else';
}

module.exports = { inspect, broken };
