import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefused } from './refusal.ts';

/** There while a restore is under way: part of what is in the folder may be of another time. */
export const unfinishedRestore = '.restoring';

/** There when a salvage was done but for giving the new database its name. */
export const unfinishedSalvage = 'wherry.db.salvaged';

/** Makes the data folder, for its owner only. Throws StartRefused where it can't be, or where others could write to it. */
export function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartRefused(
      `the data folder ${home} cannot be made: ${(error as Error).message}`,
      'choose another: WHERRY_HOME=FOLDER',
    );
  }
  if (existsSync(join(home, unfinishedRestore)))
    throw new StartRefused(
      `a restore into ${home} was cut off`,
      'run the same wherry restore again; what was there before is in before-restore-… beside it',
    );
  if (existsSync(join(home, unfinishedSalvage)))
    throw new StartRefused(`a salvage of ${home} was cut off`, 'run it again: wherry salvage');
  const mode = statSync(home).mode & 0o7777;
  // What others put there would be taken for ours; and /tmp must not become ours.
  if (process.platform === 'win32' || (mode & 0o022) === 0) return;
  throw new StartRefused(
    `the data folder ${home} can be written by others (mode ${mode.toString(8)})`,
    `choose another: WHERRY_HOME=FOLDER, or if it is for Wherry alone: chmod 700 ${home}`,
  );
}
