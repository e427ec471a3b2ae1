import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import type { Shown } from '@wherry/core/ports/workshop';

/** A program of this machine that builds use. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** How it is started inside a build: the words before its arguments. */
  readonly command: readonly string[];
  /** What has to be shown for it to run, beyond the machine's own system. */
  readonly shown: readonly Shown[];
  readonly env: Readonly<Record<string, string>>;
}

/** The first program of that name on a search path, as the file it really is. */
export function findProgram(name: string, path: string): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of path.split(delimiter)) {
    if (folder !== '' && existsSync(join(folder, file))) return realpathSync(join(folder, file));
  }
  return undefined;
}

/** A folder of the machine under its own name, unless every build sees it anyway. */
export function shownFolder(folder: string): readonly Shown[] {
  return folder === '/usr' || folder.startsWith(`/usr${sep}`) ? [] : [{ from: folder, to: folder }];
}

/** One program that may lie in the middle of anybody's files. */
export function shownProgram(path: string): readonly Shown[] {
  return path.startsWith('/usr/') ? [] : [{ from: path, to: path }];
}

/** The folder that a program was installed into: /opt/go for /opt/go/bin/go. */
export const installationOf = (program: string): string => dirname(dirname(program));

/** Settings that a system keeps beside its tools. */
export function settingsFolder(name: string): readonly Shown[] {
  const folder = `/etc/${name}`;
  return existsSync(folder) ? [{ from: folder, to: folder }] : [];
}

/** What a program of this machine prints. Run by the gateway, with its variables: only what the operator has installed. */
export function ask(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, timeout: 20_000 }, (error, stdout, stderr) =>
      error === null ? resolve(`${stdout}${stderr}`.trim()) : reject(error),
    );
  });
}

/** Fails a build for want of a tool. `remedy` is the command that installs it. */
export function missing(what: string, remedy: string): WherryError {
  return new WherryError('tool_missing', `${what} was not found in the gateway's PATH`, {
    component: 'build',
    next: `Install it where the gateway runs: ${remedy}`,
  });
}
