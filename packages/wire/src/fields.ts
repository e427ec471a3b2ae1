import { WherryError } from '@wherry/core/errors';
import type { Strings } from '@wherry/core/function';
import { printable } from '@wherry/core/names';
import { similar } from '@wherry/core/rules/similar';

/** Most keys of a map, and most bytes of one of its values. */
export const mostKeys = 1000;
export const mostValueBytes = 64 * 1024;
const mostKeyBytes = 512;
const mostTextBytes = 4096;

export function refuseValue(field: string, rule: string): never {
  throw new WherryError('bad_value', `${field}: ${rule}`, { component: 'wire' });
}

/**
 * A JSON object, read field by field. Written by hand because loading a schema library costs the gateway 17 MB for good;
 * `schemas.ts` says the same for documents, and a test holds the two together. As in Go, null and the empty text count as
 * absent, unknown fields are passed over, and a value of another type is refused.
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(body: unknown, path = '') {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new WherryError(
        'bad_json',
        `${path === '' ? 'the body' : path}: a JSON object is expected, not ${printable(body)}`,
        {
          component: 'wire',
        },
      );
    }
    this.#values = body as Record<string, unknown>;
    this.#path = path;
  }

  /** Refuses whatever is called otherwise, and says what was probably meant. `others` are passed over without being a suggestion. */
  only(known: readonly string[], others: readonly string[] = []): void {
    for (const name of Object.keys(this.#values)) {
      if (known.includes(name) || others.includes(name)) continue;
      const meant = similar(name, known);
      const next = meant === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${meant}?`;
      refuseValue(this.#name(printable(name).slice(1, -1)), `not known here${next}`);
    }
  }

  text(name: string): string | undefined {
    const value = this.longText(name, mostTextBytes);
    if (value?.includes('\0')) refuseValue(this.#name(name), 'contains a NUL character');
    return value;
  }

  /** Text that is no name or setting but content: of up to `mostBytes`, and it may hold anything, NUL characters too. */
  longText(name: string, mostBytes: number): string | undefined {
    const value = this.#typed(name, 'string') as string | undefined;
    if (value === undefined || value === '') return undefined;
    checkSize(this.#name(name), value, mostBytes);
    return value;
  }

  flag(name: string): boolean | undefined {
    return this.#typed(name, 'boolean') as boolean | undefined;
  }

  /** Any number that JSON can say. */
  number(name: string): number | undefined {
    return this.#typed(name, 'number') as number | undefined;
  }

  wholeNumber(name: string, from: number, to: number): number | undefined {
    const value = this.#typed(name, 'number') as number | undefined;
    if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return value;
    return refuseValue(this.#name(name), `${printable(value)} is not a whole number from ${from} to ${to}`);
  }

  object(name: string): Fields | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : new Fields(value, this.#name(name));
  }

  /** What an object holds, of at most so many entries; nothing where it is absent. */
  entries(name: string, most: number): readonly (readonly [string, unknown])[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    if (typeof value !== 'object' || Array.isArray(value)) return this.#mistyped(name, 'an object', value);
    const entries = Object.entries(value as object);
    return entries.length > most ? refuseValue(this.#name(name), `more than ${most} entries`) : entries;
  }

  /** A list of objects, of at most so many. */
  objects(name: string, most: number): readonly Fields[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#mistyped(name, 'a list of objects', value);
    if (value.length > most) return refuseValue(this.#name(name), `more than ${most} entries`);
    return value.map((entry, i) => new Fields(entry, `${this.#name(name)}[${i}]`));
  }

  /** A list of texts; undefined where it is empty. */
  list(name: string): readonly string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const field = this.#name(name);
    if (!Array.isArray(value)) return this.#mistyped(name, 'a list of strings', value);
    if (value.length > mostKeys) return refuseValue(field, `more than ${mostKeys} entries`);
    for (const [i, entry] of value.entries()) {
      if (typeof entry !== 'string') return this.#mistyped(`${name}[${i}]`, 'a string', entry);
      checkText(`${field}[${i}]`, entry, mostTextBytes);
    }
    return value.length === 0 ? undefined : (value as string[]);
  }

  /**
   * A map of texts; undefined where it is empty. It has no prototype, so a key such as "__proto__" is a key like any other.
   */
  map(name: string, checkKey?: (field: string, key: string) => void): Strings | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const field = this.#name(name);
    if (typeof value !== 'object' || Array.isArray(value))
      return this.#mistyped(name, 'an object of strings', value);
    const entries = Object.entries(value as object);
    if (entries.length > mostKeys) return refuseValue(field, `more than ${mostKeys} keys`);
    const map: Record<string, string> = Object.create(null);
    for (const [key, text] of entries) {
      const place = `${field}[${printable(key)}]`;
      if (typeof text !== 'string' && text !== null)
        return this.#mistyped(`${name}[${printable(key)}]`, 'a string', text);
      if (key === '') return refuseValue(field, 'a key is empty');
      checkText(`${field}: the key ${printable(key)}`, key, mostKeyBytes);
      checkKey?.(field, key);
      checkText(place, text ?? '', mostValueBytes);
      map[key] = text ?? '';
    }
    return entries.length === 0 ? undefined : map;
  }

  #name(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  #typed(name: string, type: 'string' | 'boolean' | 'number'): unknown {
    const value = this.#get(name);
    return value === undefined || typeof value === type ? value : this.#mistyped(name, `a ${type}`, value);
  }

  #mistyped(name: string, wants: string, value: unknown): never {
    throw new WherryError('bad_json', `${this.#name(name)}: ${wants} is expected, not ${printable(value)}`, {
      component: 'wire',
    });
  }
}

/** Text that can be written into an environment, a file and a header unchanged: bounded, without NUL, real Unicode. */
function checkText(field: string, text: string, mostBytes: number): void {
  if (text.includes('\0')) refuseValue(field, 'contains a NUL character');
  checkSize(field, text, mostBytes);
}

function checkSize(field: string, text: string, mostBytes: number): void {
  if (!text.isWellFormed()) refuseValue(field, 'contains half of a surrogate pair, which no UTF-8 can spell');
  // A character takes three bytes at most, so short texts need no counting.
  if (text.length * 3 > mostBytes && new TextEncoder().encode(text).length > mostBytes) {
    refuseValue(field, `longer than ${mostBytes} bytes`);
  }
}
