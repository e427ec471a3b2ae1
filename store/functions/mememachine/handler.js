// Writes into a picture: {"image": URL, "top": text, "bottom": text} gets it back as it was, with the texts on it. The function has to be
// granted the way to where the picture is: com.wherry.network: internet.
'use strict';
const { download } = require('../image/download.cjs');
const { Held } = require('../image/held.cjs');
const { changed } = require('../image/picture.cjs');
const { Refusal, refusing } = require('../image/refusal.cjs');
const { letter } = require('./lettering.cjs');

const LONGEST = 300;
const EXAMPLE = '{"image": "https://…/cat.jpg", "top": "when it works", "bottom": "the first time"}';

module.exports = (event, context) =>
  refusing(context, async () => {
    const { image, top, bottom } = read(event.rawBody);
    const held = new Held();
    try {
      const bytes = await download(image, event.signal, held);
      const { body, type } = await changed(bytes, (canvas, paint) => {
        const drawing = canvas.getContext('2d');
        paint(drawing, 0);
        letter(drawing, canvas, { top, bottom });
      });
      return context.headers({ 'content-type': type }).succeed(body);
    } finally {
      held.release();
    }
  });

function read(body) {
  let asked;
  try {
    asked = JSON.parse(String(body));
  } catch (error) {
    throw new Refusal(400, 'bad-json', `The request is not JSON: ${error.message}.`, `Send ${EXAMPLE}.`);
  }
  if (asked === null || typeof asked !== 'object' || asked.image === undefined || asked.image === '') {
    throw new Refusal(400, 'image-missing', 'The request names no image.', `Send ${EXAMPLE}.`);
  }
  const capitals = asked.capitals !== false;
  const [top, bottom] = ['top', 'bottom'].map((name) => textOf(asked, name, capitals));
  if (top === '' && bottom === '') {
    throw new Refusal(400, 'text-missing', 'There is nothing to write.', 'Send top, bottom, or both.');
  }
  return { image: asked.image, top, bottom };
}

/** Capitals, as it is the custom, unless the request says "capitals": false. */
function textOf(asked, name, capitals) {
  const given = asked[name] ?? '';
  if (typeof given !== 'string' && typeof given !== 'number') {
    throw new Refusal(400, 'bad-text', `${name} is not a text.`, `Send ${EXAMPLE}.`);
  }
  const text = String(given)
    .toWellFormed()
    .normalize()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (text.length > LONGEST) {
    const message = `${name} has ${text.length} characters, and ${LONGEST} are the most.`;
    throw new Refusal(413, 'text-too-long', message, 'Memes are short.');
  }
  return capitals ? text.toUpperCase() : text;
}
