import type { Env } from '../config/environment.ts';

/** Colours by what they mean; each gives the text back unchanged where colours are not wanted. */
export interface Style {
  readonly on: boolean;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

const codes = { good: 32, warn: 33, bad: 31, dim: 2, strong: 1 } as const;

export function styleFor(stream: { readonly isTTY?: boolean }, env: Env): Style {
  const on = isLively(stream, env);
  const paint = (kind: keyof typeof codes) => (text: string) =>
    on && text !== '' ? `\x1b[${codes[kind]}m${text}\x1b[0m` : text;
  return {
    on,
    good: paint('good'),
    warn: paint('warn'),
    bad: paint('bad'),
    dim: paint('dim'),
    strong: paint('strong'),
  };
}

/** A terminal that a person looks at, and nobody asked for calm. */
export function isLively(stream: { readonly isTTY?: boolean }, env: Env): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && !env['CI'] && env['TERM'] !== 'dumb';
}
