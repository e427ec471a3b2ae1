/**
 * Any string as a value that SQLite gives back unchanged. SQLite's text is UTF-8, which has no form for a surrogate without its
 * partner; such a string is kept as a blob of UTF-16.
 */
export function storable(text: string): string | Uint8Array {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le');
}

/** The string that `storable` was given. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf16le') : '';
}

export function readableOrNone(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : readable(value);
}
