// A QR code of the text in the body: ?format=png, svg or text, ?size= in pixels, ?level=L, M, Q or H for how much of it may be damaged.
'use strict';
const { encode } = require('uqr');
const { drawings } = require('./drawings.cjs');

/** In pixels; large codes get more, so that a square has four of them. */
const [SIZE, SCALE, MOST_SIZE] = [256, 4, 4096];
const LEVELS = ['L', 'M', 'Q', 'H'];
const LIMIT = '2953 bytes are the most, or 4296 capitals and digits, or 7089 digits';

module.exports = async (event, context) => {
  const refuse = (status, error, message, next) => context.status(status).succeed({ error, message, next });
  const { format = 'png', size, level } = event.query;
  if (!Object.hasOwn(drawings, format)) {
    const next = `Take one of ${Object.keys(drawings).join(', ')}.`;
    return refuse(400, 'no-such-format', `There is no format ${JSON.stringify(format)}.`, next);
  }
  if (size !== undefined && (!/^[1-9]\d{0,3}$/.test(size) || Number(size) > MOST_SIZE)) {
    const message = `${JSON.stringify(size)} is no size for a picture.`;
    return refuse(400, 'bad-size', message, `Take a number of pixels up to ${MOST_SIZE}.`);
  }
  if (level !== undefined && !LEVELS.includes(level)) {
    const next = 'Take L, M, Q or H, by which 7, 15, 25 or 30 percent of the code may be damaged.';
    return refuse(400, 'no-such-level', `There is no level ${JSON.stringify(level)}.`, next);
  }
  // What writes to a pipe usually ends its last line, which is not part of the text.
  const text = String(event.rawBody).replace(/\r?\n$/, '');
  if (text === '') return refuse(400, 'empty', 'There is no text.', 'Send it as the body.');
  const modules = encoded(text, level);
  if (modules === undefined) {
    const found = `The text has ${Buffer.byteLength(text)} bytes`;
    return level === undefined || level === 'L'
      ? refuse(413, 'text-too-long', `${found}; ${LIMIT}.`, 'Send less: a link to the rest, for example.')
      : refuse(413, 'text-too-long', `${found}, too many for level ${level}.`, `At level L ${LIMIT}.`);
  }
  const { type, draw, least } = drawings[format];
  const pixels = size === undefined ? Math.max(SIZE, SCALE * least(modules)) : Number(size);
  if (pixels < least(modules)) {
    const message = `The code of this text has ${least(modules)} squares on a side, which do not fit into ${size} pixels.`;
    return refuse(400, 'size-too-small', message, `Ask for ?size=${least(modules)} or more.`);
  }
  return context.headers({ 'content-type': type }).succeed(draw(modules, pixels));
};

/** Rows of true for dark; undefined where the text is too long. Without a level it gets the best that costs no larger code than M, or L. */
function encoded(text, level) {
  for (const ecc of level === undefined ? ['M', 'L'] : [level]) {
    try {
      return encode(text, { ecc, boostEcc: level === undefined, border: 0 }).data;
    } catch (error) {
      if (error.message !== 'Data too long') throw error;
    }
  }
  return undefined;
}
