import { refused } from '../refusal.ts';
import { readString } from './strings.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'duration' | 'string' | 'sign' | 'end';
  /** As written; of a string, what it means. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const space = /(?:\s|#[^\n]*)*/y;
const word = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const duration = /(?:[0-9]+(?:ms|[smhdwy]))+(?![A-Za-z0-9_.])/y;
const number = /(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_.])/y;
const sign = /==|!=|=~|!~|<=|>=|[-+*/%^<>=(){}[\],:@]/y;
// Within brackets a colon parts the range from the step; elsewhere it may begin a metric's name.
const wordInBrackets = /[A-Za-z_][A-Za-z0-9_]*/y;

/** The words and signs of a query, the last of which is its end. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let inBrackets = false;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const add = (kind: Token['kind'], length: number, meaning?: string): void => {
    tokens.push({ kind, text: meaning ?? text.slice(at, at + length), at, end: at + length });
    at += length;
  };
  for (;;) {
    at += match(space)?.length ?? 0;
    if (at >= text.length) break;
    const first = text[at] ?? '';
    if (first === '"' || first === "'" || first === '`') {
      const read = readString(text, at);
      add('string', read.end - at, read.value);
      continue;
    }
    const named = match(inBrackets ? wordInBrackets : word);
    if (named !== undefined) {
      add('word', named.length);
      continue;
    }
    const lasting = match(duration);
    if (lasting !== undefined) {
      add('duration', lasting.length);
      continue;
    }
    const counted = match(number);
    if (counted !== undefined) {
      add('number', counted.length);
      continue;
    }
    const known = match(sign);
    if (known === undefined) throw unreadable(text, at);
    if (known === '[') inBrackets = true;
    if (known === ']') inBrackets = false;
    add('sign', known.length);
  }
  tokens.push({ kind: 'end', text: '', at, end: at });
  return tokens;
}

function unreadable(text: string, at: number): Error {
  const digits = /^[0-9.][0-9A-Za-z_.]*/.exec(text.slice(at, at + 80))?.[0];
  if (digits !== undefined)
    return refused(
      text,
      at,
      `"${digits}" is neither a number nor a duration`,
      'Write numbers as 1.5, 1e3 or 0x1f, durations as 1h30m.',
    );
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return refused(
    text,
    at,
    `unexpected character ${JSON.stringify(character)}`,
    'Remove it, or put it in quotes if it belongs to a value.',
  );
}
