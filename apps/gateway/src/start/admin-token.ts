import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type AdminToken, tokenText } from '@wherry/engine/access/token-book';
import type { Ids } from '@wherry/core/ports/ids';
import { readPrivate, writePrivate } from './private-file.ts';

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The admin token of a data folder: read from its file, or made when there is none. The file is the truth. */
export function adminToken(
  home: string,
  ids: Ids,
): AdminToken & { readonly path: string; readonly made: boolean } {
  const path = join(home, 'admin.token');
  const made = statSync(path, { throwIfNoEntry: false }) === undefined;
  if (made) writePrivate(path, tokenText(ids.secret()));
  const text = readPrivate(path, ', then rotate it: wherry token rotate admin', 'token');
  return { path, made, hash: hashToken(text), replace: async (token) => writePrivate(path, token) };
}
