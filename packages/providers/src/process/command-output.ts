import { execFile } from 'node:child_process';

/** What a command prints, or nothing where it fails or takes more than five seconds. */
export function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 5000 }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : ''),
    );
  });
}
