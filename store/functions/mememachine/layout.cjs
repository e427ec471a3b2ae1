// Breaks a text into at most three lines, in such a way that its letters become as large as possible.
'use strict';

const MOST_LINES = 3;
/** Longer than any word that is worth keeping whole: it would make all letters tiny. */
const LONG_WORD = 20;
/** Scripts that are written without blanks. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The largest size at which the text has room, and its lines; sizes and widths that are measured are parts of it. */
function layOut(text, { measured, room, largest, outline, leading }) {
  const pieces = piecesOf(text, measured);
  let best = { size: 0, lines: [text] };
  for (let count = 1; count <= Math.min(MOST_LINES, pieces.length); count++) {
    const lines = balanced(pieces, count);
    const width = Math.max(...lines.map(measured)) + outline;
    const size = Math.min(largest, room.width / width, room.height / (count * leading));
    // A line more has to be worth it.
    if (size > best.size * 1.05) best = { size, lines };
  }
  return best;
}

/** What is not broken further: words, and letters where there are no words. */
function piecesOf(text, measured) {
  const blank = measured(' ');
  return text.split(' ').flatMap((word) => {
    const letters = [...graphemes.segment(word)].map(({ segment }) => segment);
    const parts = letters.length > LONG_WORD || UNSPACED.test(word) ? letters : [word];
    return parts.map((part, index) => {
      const glue = index === 0 ? ' ' : '';
      return { part, glue, width: measured(part), gap: glue === '' ? 0 : blank };
    });
  });
}

/** The lines of which the widest is as narrow as can be. */
function balanced(pieces, count) {
  let low = Math.max(...pieces.map(({ width }) => width));
  let high = pieces.reduce((sum, { width, gap }) => sum + width + gap, 0);
  let lines = filled(pieces, high);
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2;
    const tried = filled(pieces, middle);
    if (tried.length > count) {
      low = middle;
    } else {
      high = middle;
      lines = tried;
    }
  }
  return lines;
}

/** Each line takes what has room in it. */
function filled(pieces, most) {
  const lines = [];
  let width = Infinity;
  for (const piece of pieces) {
    if (width + piece.gap + piece.width > most) {
      lines.push(piece.part);
      width = piece.width;
    } else {
      lines[lines.length - 1] += piece.glue + piece.part;
      width += piece.gap + piece.width;
    }
  }
  return lines;
}

module.exports = { layOut };
