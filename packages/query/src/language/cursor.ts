import { bounds } from '../bounds.ts';
import { refused } from '../refusal.ts';
import { type Token, tokensOf } from './tokens.ts';
import type { Node } from './tree.ts';

const nothing: Token = { kind: 'end', text: '', at: 0, end: 0 };

/** A place among the tokens of a query, and what all parts of the parser do there. */
export class Cursor {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokensOf(text);
  }

  get token(): Token {
    return this.#tokens[this.#next] ?? nothing;
  }

  get ended(): boolean {
    return this.token.kind === 'end';
  }

  get following(): Token {
    return this.#tokens[this.#next + 1] ?? nothing;
  }

  take(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  isSign(sign: string): boolean {
    return this.token.kind === 'sign' && this.token.text === sign;
  }

  /** Keywords are the same in capitals. */
  isWord(word: string): boolean {
    return this.token.kind === 'word' && this.token.text.toLowerCase() === word;
  }

  takeSign(sign: string): boolean {
    const there = this.isSign(sign);
    if (there) this.take();
    return there;
  }

  takeWord(word: string): boolean {
    const there = this.isWord(word);
    if (there) this.take();
    return there;
  }

  expectSign(sign: string, where: string): Token {
    if (!this.isSign(sign)) throw this.unexpected(`"${sign}" ${where}`);
    return this.take();
  }

  refused(at: number, problem: string, next?: string): Error {
    return refused(this.text, at, problem, next);
  }

  unexpected(wanted: string): Error {
    const { kind, text, at } = this.token;
    const found = kind === 'end' ? 'the query ends' : `${kind} ${JSON.stringify(text.slice(0, 60))} is`;
    return this.refused(at, `${found} where ${wanted} is expected`);
  }

  /** Runs a part of the parser one level deeper. */
  deeper<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > bounds.depth) throw this.tooDeep(this.token.at);
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  /** How high a node with these children is. */
  heightOver(at: number, ...children: readonly Node[]): number {
    const height = 1 + children.reduce((most, child) => Math.max(most, child.height), 0);
    if (height > bounds.depth) throw this.tooDeep(at);
    return height;
  }

  tooDeep(at: number): Error {
    return this.refused(
      at,
      `more than ${bounds.depth} expressions within each other`,
      'Ask in several queries, or put parentheses around halves of a long chain of operators.',
    );
  }
}

/** A list in parentheses; lists of labels may have a comma behind the last. */
export function listIn<T>(cursor: Cursor, where: string, element: () => T, lastComma = false): T[] {
  cursor.expectSign('(', where);
  const elements: T[] = [];
  while (!cursor.isSign(')') || (!lastComma && elements.length > 0)) {
    elements.push(element());
    if (!cursor.takeSign(',')) break;
  }
  cursor.expectSign(')', where);
  return elements;
}

/** The names of labels in parentheses. */
export const labelNames = (cursor: Cursor, where: string): string[] =>
  listIn(cursor, where, () => labelName(cursor), true);

function labelName(cursor: Cursor): string {
  if (cursor.token.kind !== 'word' || cursor.token.text.includes(':'))
    throw cursor.unexpected('the name of a label');
  return cursor.take().text;
}
