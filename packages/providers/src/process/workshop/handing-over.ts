import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Gives a folder with all that is in it to a build's user, or back to the gateway's. No link in it is followed, and what is on
 * another file system stays whose it is. Only while nothing of the build runs.
 */
export async function handOver(folder: string, user: number | undefined): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const owner = `${user ?? 0}:${user ?? 0}`;
  await run('chown', ['--recursive', '--no-dereference', '-P', owner, folder], { timeout: 120_000 });
}

/** Whether a folder is that user's already. */
export function belongsTo(folder: string, user: number | undefined): boolean {
  return user !== undefined && lstatSync(folder).uid === user;
}
