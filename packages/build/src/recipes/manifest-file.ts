import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';

const mostBytes = 4 * 2 ** 20;

/** The text of a file that says what to install; undefined where there is none. Throws `build_refused` where it is no such file. */
export async function manifestText(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const { size } = await stat(path);
  if (size > mostBytes) throw refused(`${name} is larger than ${mostBytes} bytes`);
  return readFile(path, 'utf8');
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
