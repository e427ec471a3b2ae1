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
import { dirname } from 'node:path';
import { StartRefused } from './refusal.ts';

/** Less than 128 bits can't be one of ours, and could be guessed. */
const shortest = 22;

/** A secret of the gateway's own in a file of the data folder. Throws `StartRefused` where others could know it. `remedy`: what to do then. */
export function readPrivate(path: string, remedy: string, what = 'secret'): string {
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
      `chmod 600 ${path}${remedy}`,
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
  throw new StartRefused(`${path} holds no ${what}`, 'remove the file: the next start makes a new one');
}

/** Beside it and renamed, so that there is always one whole token. */
export function writePrivate(path: string, secret: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  chmodSync(fresh, 0o600);
  writeSync(file, `${secret}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(fresh, path);
}
