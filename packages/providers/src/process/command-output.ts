import { execFile } from 'node:child_process';

/** What a command prints to one of its outputs, or nothing where it fails or takes more than five seconds. */
export function output(
  command: string,
  args: readonly string[],
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 5000 }, (error, stdout, stderr) =>
      resolve(error === null ? { stdout, stderr }[stream].trim() : ''),
    );
  });
}
