import { refused } from '../refusal.ts';

const plain: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const coded: readonly (readonly [RegExp, number, number])[] = [
  [/x([0-9a-fA-F]{2})/y, 16, 0x7f],
  [/([0-7]{3})/y, 8, 0x7f],
  [/u([0-9a-fA-F]{4})/y, 16, 0xffff],
  [/U([0-9a-fA-F]{8})/y, 16, 0x10ffff],
];

/** A string literal as Go has them: in double or single quotes with escapes, in backquotes without. */
export function readString(text: string, start: number): { readonly value: string; readonly end: number } {
  const quote = text[start] ?? '';
  if (quote === '`') {
    const close = text.indexOf('`', start + 1);
    if (close < 0) throw unclosed(text, start);
    return { value: text.slice(start + 1, close), end: close + 1 };
  }
  let value = '';
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined || character === '\n') throw unclosed(text, start);
    if (character === quote) return { value, end: at + 1 };
    if (character !== '\\') {
      value += character;
      at += 1;
      continue;
    }
    const escape = readEscape(text, at, quote);
    value += escape.value;
    at = escape.end;
  }
}

function readEscape(
  text: string,
  at: number,
  quote: string,
): { readonly value: string; readonly end: number } {
  const next = text[at + 1] ?? '';
  const other = quote === '"' ? "'" : '"';
  if (next !== other && Object.hasOwn(plain, next)) return { value: plain[next] ?? '', end: at + 2 };
  for (const [pattern, base, most] of coded) {
    pattern.lastIndex = at + 1;
    const digits = pattern.exec(text);
    if (!digits) continue;
    const code = Number.parseInt(digits[1] ?? '', base);
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code <= most && !surrogate) return { value: String.fromCodePoint(code), end: pattern.lastIndex };
  }
  throw refused(
    text,
    at,
    `the escape \\${next} is not known here`,
    'Use \\n, \\t, \\\\, \\x41 (up to \\x7f) or \\u00e9, write a backslash twice, or put the text in backquotes.',
  );
}

const unclosed = (text: string, at: number): Error =>
  refused(text, at, 'the string has no end', `Close it with ${text[at]} on the same line.`);
