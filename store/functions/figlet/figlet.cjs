// Lays out text in a FIGfont (the FIGfont standard, version 2): letters move together until they would overlap, and there share one column
// where the rules of smushing allow it. standard.flf is Glenn Chappell's and Ian Chai's, under the terms that stand in it.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const WIDTH = 79;
const font = read(fs.readFileSync(path.join(__dirname, 'standard.flf'), 'latin1'));

function read(text) {
  const lines = text.split('\n');
  const [signature, height, , , , comments] = lines[0].split(' ');
  const [hardblank, rows] = [signature[5], Number(height)];
  let at = 1 + Number(comments);
  const letters = new Map();
  const next = () => {
    const letter = lines.slice(at, at + rows).map((line) => line.replace(/(.)\1?$/, ''));
    at += rows;
    return letter;
  };
  for (let code = 32; code < 127; code++) letters.set(code, next());
  for (const code of [196, 214, 220, 228, 246, 252, 223]) letters.set(code, next());
  // Further letters say their number first.
  while (/^(?:0x[0-9a-f]+|\d+)\b/i.test(lines[at] ?? '')) {
    const code = Number(/^\S+/.exec(lines[at++])[0]);
    letters.set(code, next());
  }
  return { hardblank, rows, letters };
}

const BORDER = '|/\\[]{}()<>';
const RANKS = ['|', '/\\', '[]', '{}', '()', '<>'];
const PAIRS = ['[]', '][', '{}', '}{', '()', ')('];

/** The one character that two become, or nothing where they cannot. */
function smushed(left, right) {
  if (left === ' ') return right;
  if (right === ' ') return left;
  if (left === font.hardblank || right === font.hardblank) return undefined;
  if (left === right) return left;
  if (left === '_' && BORDER.includes(right)) return right;
  if (right === '_' && BORDER.includes(left)) return left;
  const [one, other] = [left, right].map((sign) => RANKS.findIndex((rank) => rank.includes(sign)));
  if (one >= 0 && other >= 0 && one !== other) return one > other ? left : right;
  return PAIRS.includes(left + right) ? '|' : undefined;
}

/** How many columns a letter may move into what stands to its left. */
function overlap(line, letter) {
  const width = letter[0].length;
  let least = Math.min(width, Math.max(...line.map((row) => row.length)) + width);
  for (let i = 0; i < font.rows; i++) {
    const [left, right] = [line[i], letter[i]];
    const last = left.trimEnd().length - 1;
    const first = right.length - right.trimStart().length;
    let amount = left.length - 1 - last + first;
    if (last >= 0 && first < right.length && smushed(left[last], right[first]) !== undefined) amount += 1;
    least = Math.min(least, amount, left.length);
  }
  return least;
}

function joined(line, letter) {
  // The first one goes as far to the left as it can.
  if (widthOf(line) === 0) {
    const blank = Math.min(...letter.map((row) => row.length - row.trimStart().length));
    return letter.map((row) => row.slice(blank));
  }
  const shared = overlap(line, letter);
  return line.map((left, i) => {
    const right = letter[i];
    let middle = '';
    for (let k = 0; k < shared; k++) middle += smushed(left[left.length - shared + k], right[k]) ?? right[k];
    return left.slice(0, left.length - shared) + middle + right.slice(shared);
  });
}

const empty = () => Array(font.rows).fill('');
const widthOf = (line) => line[0].length;
const letterOf = (sign) => font.letters.get(sign.codePointAt(0)) ?? empty();
const lay = (line, text) => [...text].reduce((now, sign) => joined(now, letterOf(sign)), line);

/** Lines of at most 79 columns, broken between words where that is possible. */
function broken(text) {
  const lines = [];
  let line = empty();
  for (const word of text.split(/[ \t]+/)) {
    const longer = widthOf(line) === 0 ? lay(line, word) : lay(line, ` ${word}`);
    if (widthOf(longer) <= WIDTH) {
      line = longer;
      continue;
    }
    if (widthOf(line) > 0) lines.push(line);
    line = empty();
    for (const sign of word) {
      const next = joined(line, letterOf(sign));
      if (widthOf(next) > WIDTH) {
        lines.push(line);
        line = lay(empty(), sign);
      } else line = next;
    }
  }
  return [...lines, line];
}

function render(text) {
  const rows = text.split('\n').flatMap(broken).flat();
  return rows.map((row) => `${row.replaceAll(font.hardblank, ' ')}\n`).join('');
}

module.exports = { render };
