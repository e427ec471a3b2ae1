/** A number as Go reads it, signs, hexadecimal and the words for the endless included; undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const hexadecimal = /^([+-]?)(0x[0-9a-f]+)$/i.exec(text);
  if (hexadecimal) return Number(hexadecimal[2]) * (hexadecimal[1] === '-' ? -1 : 1);
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)) return undefined;
  // What is too large for a number is none, rather than endless.
  return Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** Numbers in a query: an integer with a leading nought is octal there, as in Go. */
export function parseLiteral(text: string): number | undefined {
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return parseNumber(text);
}
