import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';

const mostBytes = 4 * 2 ** 20;
const mostSearched = 256 * 1024;
const mostLine = 4096;

/** The text of a file that says what to install; undefined where there is none. Throws `build_refused` where it is no such file. */
export async function manifestText(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const { size } = await stat(path);
  if (size > mostBytes) throw refused(`${name} is larger than ${mostBytes} bytes`);
  return readFile(path, 'utf8');
}

/** The same, for texts that are searched through: long lines and megabytes are no manifest, and searching them would take time from calls. */
export async function searchableText(folder: string, name: string): Promise<string | undefined> {
  const text = await manifestText(folder, name);
  if (text === undefined) return undefined;
  if (text.length > mostSearched) throw refused(`${name} is larger than ${mostSearched} characters`);
  if (text.split('\n').some((line) => line.length > mostLine))
    throw refused(`${name} has a line of more than ${mostLine} characters`);
  return text;
}

/** What stands between two marks, each time; linear, whatever is not closed. */
export function between(text: string, open: string, close: string): readonly string[] {
  const found: string[] = [];
  for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, at)) {
    const end = text.indexOf(close, at + open.length);
    if (end < 0) return found;
    found.push(text.slice(at + open.length, end));
    at = end + close.length;
  }
  return found;
}

/** A text without what stands between two marks. */
export function without(text: string, open: string, close: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, from)) {
    const end = text.indexOf(close, at + open.length);
    if (end < 0) break;
    kept.push(text.slice(from, at));
    from = end + close.length;
  }
  return kept.join('') + text.slice(from);
}

/** A manifest in JSON, with the objects that are asked of it. */
export async function jsonManifest(
  folder: string,
  name: string,
): Promise<{ readonly text: string; readonly value: Readonly<Record<string, unknown>> } | undefined> {
  const text = await manifestText(folder, name);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`${name}: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(`${name} is not a JSON object`);
  return { text, value: value as Record<string, unknown> };
}

/** The keys of an object in a manifest, such as its dependencies. */
export function namesIn(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

export function refused(why: string): WherryError {
  return new WherryError('build_refused', why, { component: 'build' });
}

/** `1 dependency`, `3 dependencies`. */
export function counted(count: number): string {
  return `${count} ${count === 1 ? 'dependency' : 'dependencies'}`;
}
