import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localError } from '../failures.ts';

/** Beside the stack file, to be committed: the pulled templates themselves need not be. */
const fileName = 'template-lock.json';

export interface Pin {
  /** As it was pulled, version and all. */
  readonly source: string;
  readonly digest: string;
  readonly sha?: string;
}

export async function readLock(folder: string): Promise<Record<string, Pin>> {
  const path = join(folder, fileName);
  if (!existsSync(path)) return {};
  try {
    const { templates } = JSON.parse(await readFile(path, 'utf8')) as { templates: Record<string, Pin> };
    return { ...templates };
  } catch (error) {
    throw localError(
      'bad_lock',
      'The lock of the templates cannot be read',
      `${path}: ${(error as Error).message}`,
      'Restore it from your repository, or remove it to pin anew.',
      error,
    );
  }
}

export async function writeLock(folder: string, pins: Readonly<Record<string, Pin>>): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(pins).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(join(folder, fileName), `${JSON.stringify({ templates: sorted }, null, 2)}\n`);
}
