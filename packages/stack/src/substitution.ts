// Long because: one small language, whose forms are read side by side.
/** The variables that `${NAME}` may mean. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where a text could not be understood: its offset from the start. */
export class SubstitutionError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/**
 * Puts variables in the place of `${…}`, in the forms that `faas-cli` knows (those of drone/envsubst): defaults, upper and lower case,
 * slices, prefixes and suffixes taken off, replacements, lengths. What is unset is empty. A bare `$NAME` stays, and so does
 * `$${NAME}`, without its first sign. Throws SubstitutionError.
 */
export function substitute(text: string, variables: Variables): string {
  return new Substitution(text, variables).whole();
}

const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const mostDepth = 20;

class Substitution {
  readonly #text: string;
  readonly #variables: Variables;
  #at = 0;
  #depth = 0;

  constructor(text: string, variables: Variables) {
    this.#text = text;
    this.#variables = variables;
  }

  whole(): string {
    return this.#until('');
  }

  /** Text with its variables replaced, up to one of the characters in `ends` or the end of the text. */
  #until(ends: string): string {
    const text = this.#text;
    let out = '';
    while (this.#at < text.length) {
      if (text.startsWith('$${', this.#at)) {
        out += '${';
        this.#at += 3;
      } else if (text.startsWith('${', this.#at)) out += this.#variable();
      else if (text.startsWith('\\/', this.#at) && ends.includes('/')) {
        // A slash that is part of the pattern, and not its end.
        out += '/';
        this.#at += 2;
      } else if (ends.includes(text[this.#at] as string)) break;
      else out += text[this.#at++];
    }
    return out;
  }

  #variable(): string {
    const from = this.#at;
    if (++this.#depth > mostDepth) throw new SubstitutionError('variables are nested too deeply', from);
    this.#at += 2;
    const counts = this.#skip('#');
    const value = this.#variables[this.#name(from)] ?? '';
    const out = counts ? String(new TextEncoder().encode(value).length) : this.#operation(value, from);
    if (!this.#skip('}')) throw new SubstitutionError('"${" is not closed with "}"', from);
    this.#depth -= 1;
    return out;
  }

  #name(from: number): string {
    name.lastIndex = this.#at;
    const found = name.exec(this.#text)?.[0];
    if (found === undefined) throw new SubstitutionError('"${" is not followed by a name', from);
    this.#at += found.length;
    return found;
  }

  #operation(value: string, from: number): string {
    if (this.#at === this.#text.length || this.#text[this.#at] === '}') return value;
    if (this.#skip(':-') || this.#skip(':=') || this.#skip('=')) {
      const otherwise = this.#until('}');
      return value === '' ? otherwise : value;
    }
    if (this.#skip('^^')) return value.toUpperCase();
    if (this.#skip('^')) return value.slice(0, 1).toUpperCase() + value.slice(1);
    if (this.#skip(',,')) return value.toLowerCase();
    if (this.#skip(',')) return value.slice(0, 1).toLowerCase() + value.slice(1);
    if (this.#skip('##')) return withoutPrefix(value, this.#until('}'), 'longest');
    if (this.#skip('#')) return withoutPrefix(value, this.#until('}'), 'shortest');
    if (this.#skip('%%')) return withoutSuffix(value, this.#until('}'), 'longest');
    if (this.#skip('%')) return withoutSuffix(value, this.#until('}'), 'shortest');
    if (this.#skip('/')) return this.#replaced(value);
    if (this.#skip(':')) return this.#sliced(value, from);
    throw new SubstitutionError(`"${this.#text[this.#at] ?? ''}" is no operation on a variable`, this.#at);
  }

  #replaced(value: string): string {
    const where = ['/', '#', '%'].find((sign) => this.#skip(sign)) ?? '';
    const what = this.#until('/}');
    const by = this.#skip('/') ? this.#until('}') : '';
    if (what === '') return value;
    if (where === '/') return value.replaceAll(what, () => by);
    if (where === '#') return value.startsWith(what) ? by + value.slice(what.length) : value;
    if (where === '%') return value.endsWith(what) ? value.slice(0, -what.length) + by : value;
    return value.replace(what, () => by);
  }

  #sliced(value: string, from: number): string {
    const start = this.#number(this.#until(':}'), from);
    const length = this.#skip(':') ? this.#number(this.#until('}'), from) : value.length;
    return value.slice(start, start + length);
  }

  #number(text: string, from: number): number {
    if (!/^\s*\d{1,9}\s*$/.test(text))
      throw new SubstitutionError(`"${text}" is no position in a text`, from);
    return Number(text);
  }

  #skip(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }
}

type HowMuch = 'shortest' | 'longest';

function withoutPrefix(value: string, pattern: string, much: HowMuch): string {
  const matches = glob(pattern);
  for (const length of lengths(value, much)) if (matches(value.slice(0, length))) return value.slice(length);
  return value;
}

function withoutSuffix(value: string, pattern: string, much: HowMuch): string {
  const matches = glob(pattern);
  for (const length of lengths(value, much))
    if (matches(value.slice(value.length - length))) return value.slice(0, value.length - length);
  return value;
}

/** Lengths from 1 on, in the order in which they are tried. */
function lengths(value: string, much: HowMuch): readonly number[] {
  const all = Array.from({ length: value.length }, (_, i) => i + 1);
  return much === 'shortest' ? all : all.reverse();
}

/**
 * Whether a whole text matches a shell pattern of `*` and `?`. By hand and in linear space: a pattern of a stranger made
 * into a regular expression can take for ever.
 */
function glob(pattern: string): (text: string) => boolean {
  return (text) => {
    let reached = new Set([0]);
    for (let i = 0; i < pattern.length; i++) {
      const sign = pattern[i];
      const next = new Set<number>();
      if (sign === '*') {
        // From the first place on it is all of them.
        let first = text.length + 1;
        for (const at of reached) first = Math.min(first, at);
        for (let at = first; at <= text.length; at++) next.add(at);
      } else {
        for (const at of reached)
          if (at < text.length && (sign === text[at] || sign === '?')) next.add(at + 1);
      }
      reached = next;
    }
    return reached.has(text.length);
  };
}
