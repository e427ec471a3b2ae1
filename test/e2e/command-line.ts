// The real command line beside a gateway.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Gateway } from './gateway.ts';

const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** As somebody uses it who has the admin's token. */
export function cli(gateway: Gateway, cwd?: string): (...args: readonly string[]) => Promise<Ran> {
  return async (...args) => {
    const child = spawn(process.execPath, [launcher, ...args, '-g', gateway.url], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, WHERRY_HOME: gateway.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (bytes) => (out += bytes));
    child.stderr.on('data', (bytes) => (err += bytes));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  };
}
