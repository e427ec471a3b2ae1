import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type AdminToken, tokenText } from '@wherry/engine/access/token-book';
import type { Ids } from '@wherry/core/ports/ids';
import { StartRefused } from './refusal.ts';

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Less than 128 bits can't be one of ours, and could be guessed. */
const shortest = 22;

/** The admin token of a data folder: read from its file, or made when there is none. The file is the truth. */
export function adminToken(
  home: string,
  ids: Ids,
): AdminToken & { readonly path: string; readonly made: boolean } {
  const path = join(home, 'admin.token');
  const made = statSync(path, { throwIfNoEntry: false }) === undefined;
  if (made) write(path, tokenText(ids.secret()));
  const text = read(path);
  return { path, made, hash: hashToken(text), replace: async (token) => write(path, token) };
}

function read(path: string): string {
  const { mode: fullMode, uid } = statSync(path);
  const mode = fullMode & 0o777;
  // Who made the file knows the token. A data folder may be another user's as a whole, as with sudo.
  if (uid !== 0 && uid !== process.getuid?.() && uid !== statSync(dirname(path)).uid) {
    throw new StartRefused(
      `${path} belongs to another user, who knows what is in it`,
      'remove the file: the next start makes a new one',
    );
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new StartRefused(
      `${path} can be read by others (mode ${mode.toString(8)})`,
      `chmod 600 ${path}, then rotate it: wherry token rotate admin`,
    );
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new StartRefused(
      `${path} cannot be read: ${(error as Error).message}`,
      'run the gateway as the owner of its data folder',
    );
  }
  if (text.length >= shortest) return text;
  throw new StartRefused(`${path} holds no token`, 'remove the file: the next start makes a new one');
}

/** Beside it and renamed, so that there is always one whole token. */
function write(path: string, token: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  chmodSync(fresh, 0o600);
  writeSync(file, `${token}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(fresh, path);
}
