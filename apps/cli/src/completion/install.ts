import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Env } from '../config/environment.ts';

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** What was written, and what the user still has to do. */
export interface Installed {
  readonly changed: readonly string[];
  readonly next: string;
}

/** Writes a completion script and the one line of the shell's start file that reads it. Doing it twice changes nothing more. */
export function install(shell: (typeof shells)[number], script: string, home: string, env: Env): Installed {
  const user = env['HOME'] || homedir();
  if (shell === 'fish') {
    const path = join(env['XDG_CONFIG_HOME'] || join(user, '.config'), 'fish', 'completions', 'wherry.fish');
    write(path, script);
    return { changed: [path], next: 'It works in every new shell.' };
  }
  const path = join(home, 'completion', `wherry.${shell === 'powershell' ? 'ps1' : shell}`);
  write(path, script);
  if (shell === 'powershell')
    return { changed: [path], next: `Add this line to your $PROFILE:  . ${quoted(path)}` };
  const start = shell === 'zsh' ? join(env['ZDOTDIR'] || user, '.zshrc') : join(user, '.bashrc');
  const line = `[ -r ${quoted(path)} ] && . ${quoted(path)}`;
  const added = addLine(start, line);
  return {
    changed: added ? [path, start] : [path],
    next: `It works in every new shell; in this one after: . ${quoted(path)}`,
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function addLine(path: string, line: string): boolean {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (text.includes(line)) return false;
  appendFileSync(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line} # completion of wherry\n`);
  return true;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
