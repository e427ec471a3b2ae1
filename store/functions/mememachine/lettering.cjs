// White letters with a black outline in the upper and the lower third of a picture, as large as they fit.
'use strict';
require('./fonts.cjs');
const { layOut } = require('./layout.cjs');

/** Letters that the first has not are looked for in the next, and then in whatever fonts the machine has. */
const FAMILIES = 'Anton, "Anton Ext", "Anton Vietnamese", sans-serif';
/** In parts of the letters' size. */
const OUTLINE = 0.12;
const LEADING = 1.13;
/** A third of the picture is the most that one text covers, and these parts of it the largest letters. */
const BAND = 1 / 3;
const [OF_HEIGHT, OF_WIDTH] = [0.17, 0.13];
const MARGIN = 0.02;
/** Widths are proportional to the size but for rounding, so they are measured once at this one. */
const MEASURED_AT = 100;

function letter(context, { width, height }, { top, bottom }) {
  for (const [text, upper] of [
    [top, true],
    [bottom, false],
  ]) {
    if (text === '') continue;
    context.save();
    write(context, text, { upper, width, height });
    context.restore();
  }
}

function write(context, text, { upper, width, height }) {
  const margin = Math.min(width, height) * MARGIN;
  const room = { width: width - 2 * margin, height: height * BAND - margin };
  style(context, MEASURED_AT);
  const measured = (line) => context.measureText(line).width / MEASURED_AT;
  const largest = Math.min(height * OF_HEIGHT, width * OF_WIDTH);
  const fitted = layOut(text, { measured, room, largest, outline: OUTLINE, leading: LEADING });
  const { lines } = fitted;
  let { size } = fitted;
  let block = measure(context, lines, size);
  // Accents reach higher, and some glyphs further to the side, than the usual letters.
  for (let tries = 0; tries < 60 && (block.width > room.width || block.height > room.height); tries++) {
    size *= 0.96;
    block = measure(context, lines, size);
  }
  // Whatever a font does, the rest of the picture stays as it is.
  context.beginPath();
  context.rect(0, upper ? 0 : height * (1 - BAND), width, height * BAND);
  context.clip();
  const first = upper ? margin + block.above : height - margin - block.height + block.above;
  draw(context, lines, { pitch: block.pitch, x: width / 2, y: first });
}

function style(context, size) {
  context.font = `${size}px ${FAMILIES}`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.lineWidth = size * OUTLINE;
  context.strokeStyle = '#000';
  context.fillStyle = '#fff';
}

/** Of the ink with its outline; `above` is from its upper edge to the first line's foot, `pitch` from one foot to the next. */
function measure(context, lines, size) {
  style(context, size);
  const inks = lines.map((line) => context.measureText(line));
  const outline = size * OUTLINE;
  const side = Math.max(
    ...inks.flatMap((ink) => [ink.width / 2, ink.actualBoundingBoxLeft, ink.actualBoundingBoxRight]),
  );
  const meets = inks
    .slice(1)
    .map((ink, index) => inks[index].actualBoundingBoxDescent + ink.actualBoundingBoxAscent + outline);
  const pitch = Math.max(size * LEADING, ...meets);
  const above = inks[0].actualBoundingBoxAscent + outline / 2;
  const below = Math.max(0, inks.at(-1).actualBoundingBoxDescent) + outline / 2;
  return { width: 2 * side + outline, above, pitch, height: above + (lines.length - 1) * pitch + below };
}

function draw(context, lines, { pitch, x, y }) {
  // All outlines first, so that none lies on a letter of the line above.
  lines.forEach((line, index) => context.strokeText(line, x, y + index * pitch));
  lines.forEach((line, index) => context.fillText(line, x, y + index * pitch));
}

module.exports = { letter };
