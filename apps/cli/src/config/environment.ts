import { homedir } from 'node:os';
import { join } from 'node:path';

/** The variables of the process: the only place that reads them. */
export type Env = Readonly<Record<string, string | undefined>>;

export const environment = (): Env => process.env;

/** Where Wherry keeps its files on this machine. */
export function homeOf(env: Env): string {
  return env['WHERRY_HOME'] || join(env['HOME'] || homedir(), '.wherry');
}
