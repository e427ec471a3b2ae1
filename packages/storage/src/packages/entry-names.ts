import { manifestFile } from '@wherry/core/packages';
import { packageLimits } from './package-limits.ts';

// What Windows reserves, whatever the ending: opening such a file there opens a device.
const device = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const forbidden = /[\u0000-\u001f\u007f-\u009f\\:*?"<>|]/;

/** A name that passed: slashes between its parts, none before or after. `''` is the top itself. */
export type EntryPath = string;

/** What is wrong with a name in an archive on any operating system; undefined where nothing is. A leading `./` is usual and harmless. */
export function nameRefusal(name: string): string | undefined {
  if (name.startsWith('/')) return 'absolute names are refused';
  // First of all, since a name such as C:\x or \\host\x is absolute elsewhere.
  if (forbidden.test(name)) return 'control characters and any of \\ : * ? " < > | are refused in names';
  if (!name.isWellFormed() || name.includes('\ufffd')) return 'the name is not valid UTF-8';
  const path = normal(name);
  if (path === '') return undefined;
  if (Buffer.byteLength(path) > packageLimits.pathBytes)
    return `the name is longer than ${packageLimits.pathBytes} bytes`;
  const parts = path.split('/');
  if (parts.length > packageLimits.depth) return `it is more than ${packageLimits.depth} folders deep`;
  for (const part of parts) {
    if (part === '..') return '".." is refused in names';
    if (part === '' || part === '.') return 'empty parts and "." are refused in names';
    if (Buffer.byteLength(part) > packageLimits.nameBytes)
      return `a part of it is longer than ${packageLimits.nameBytes} bytes`;
    if (part.endsWith('.') || part.endsWith(' ') || part.startsWith(' '))
      return 'names beginning with a space or ending with a space or dot are refused';
    if (device.test(part)) return 'the name means a device on Windows';
  }
  if (path !== manifestFile && parts[0] !== 'code')
    return `only ${manifestFile} and code/ may stand at the top`;
  return undefined;
}

/** Without a leading `./` and a closing slash. Call only after or within `nameRefusal`. */
export function normal(name: string): EntryPath {
  return name
    .replace(/^(?:\.\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/$/, '');
}

/**
 * The tree that an archive's entries make, as the least exact of file systems would see it: two names that differ only in case
 * or in how an accent is written are one file there, so the second is refused.
 */
export class EntryTree {
  /** By folded path: how it was spelled first, and what it is. */
  readonly #nodes = new Map<string, { readonly spelled: string; readonly kind: 'file' | 'folder' }>();

  /** Adds an entry with the folders above it; returns what is wrong with it, undefined where nothing is. */
  add(path: EntryPath, kind: 'file' | 'folder'): string | undefined {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const wrong = this.#put(parts.slice(0, depth).join('/'), 'folder');
      if (wrong !== undefined) return wrong;
    }
    return this.#put(path, kind);
  }

  has(path: EntryPath): 'file' | 'folder' | undefined {
    const node = this.#nodes.get(folded(path));
    return node?.spelled === path ? node.kind : undefined;
  }

  #put(path: string, kind: 'file' | 'folder'): string | undefined {
    const key = folded(path);
    const there = this.#nodes.get(key);
    if (there === undefined) {
      if (this.#nodes.size >= packageLimits.entries)
        return `more than ${packageLimits.entries} files and folders`;
      this.#nodes.set(key, { spelled: path, kind });
      return undefined;
    }
    if (there.spelled !== path)
      return `the name clashes with ${JSON.stringify(there.spelled)} where upper and lower case are one`;
    if (there.kind === 'file' || kind === 'file') return 'the name is there twice';
    // A folder may be named again: archives do that for every file in it.
    return undefined;
  }
}

function folded(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');
}
