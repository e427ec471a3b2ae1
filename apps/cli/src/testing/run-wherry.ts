import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/wherry.mjs', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

/** The command line as its users run it: a process of its own, with a home of its own and no variables but those given. */
export class Wherry {
  readonly home: string;
  readonly #env: Record<string, string>;

  constructor(t: TestContext, env: Record<string, string> = {}) {
    this.home = mkdtempSync(join(tmpdir(), 'wherry-cli-'));
    t.after(() => rmSync(this.home, { recursive: true, force: true }));
    this.#env = { HOME: this.home, WHERRY_HOME: join(this.home, '.wherry'), ...env };
  }

  start(...args: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [program, ...args], { env: this.#env, cwd: this.home });
  }

  async run(args: readonly string[], input?: string | Uint8Array): Promise<Ran> {
    const child = this.start(...args);
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
    return ended(child);
  }
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: Buffer.concat(out), err };
}
