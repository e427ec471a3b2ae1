// Tints a picture: its brightness decides the colour, by a palette. Nothing is recognised in it, so this does not give an old photograph
// its colours back; it makes it sepia, a cyanotype, or a map of heat.
//
//   the body is a JPEG or a PNG, or {"image": URL, "palette": NAME}; ?palette=NAME, or ?dark=RRGGBB&light=RRGGBB
'use strict';
const { download } = require('../image/download.cjs');
const { checkSize, Held } = require('../image/held.cjs');
const { changed } = require('../image/picture.cjs');
const { Refusal, refusing } = require('../image/refusal.cjs');
const { tableOf } = require('./palettes.cjs');
const { tint } = require('./tint.cjs');

module.exports = (event, context) =>
  refusing(context, async () => {
    const { query, rawBody, signal } = event;
    if (rawBody.length === 0) {
      const next = 'Send a JPEG or a PNG as the body, or {"image": URL}.';
      throw new Refusal(400, 'image-missing', 'The request has no image.', next);
    }
    checkSize(rawBody.length);
    const held = new Held();
    try {
      held.add(rawBody.length);
      const asked = /^\s*\{/.test(rawBody.toString('latin1', 0, 64)) ? read(rawBody) : undefined;
      const table = tableOf({ ...query, ...asked });
      const bytes = asked === undefined ? rawBody : await download(asked.image, signal, held);
      const { body, type } = await changed(bytes, (canvas, paint) => tint(canvas, paint, table));
      return context.headers({ 'content-type': type }).succeed(body);
    } finally {
      held.release();
    }
  });

function read(body) {
  try {
    return JSON.parse(String(body));
  } catch (error) {
    const next = 'Send {"image": URL}, or a JPEG or a PNG as the body.';
    throw new Refusal(400, 'bad-json', `The request begins like JSON and is none: ${error.message}.`, next);
  }
}
