// A folder of somebody who writes functions, with the command line in it.
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Gateway } from './gateway.ts';

const launcher = join(import.meta.dirname, '../../apps/cli/bin/wherry.mjs');

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Both, for looking at. */
  readonly all: string;
}

export class Project {
  readonly folder: string;
  readonly #gateway: Pick<Gateway, 'url' | 'token'> | undefined;

  constructor(
    gateway: Pick<Gateway, 'url' | 'token'> | undefined,
    folder = mkdtempSync(join(tmpdir(), 'wherry-project-')),
  ) {
    this.folder = folder;
    this.#gateway = gateway;
  }

  /** One that goes with the test. */
  static at(
    t: { after(fn: () => void): void },
    gateway: Pick<Gateway, 'url' | 'token'> | undefined,
  ): Project {
    const project = new Project(gateway);
    t.after(() => project.remove());
    return project;
  }

  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), content);
    }
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  get env(): Record<string, string> {
    const gateway = this.#gateway;
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      ...(gateway === undefined ? {} : { WHERRY_URL: gateway.url, WHERRY_TOKEN: gateway.token }),
    };
  }

  /** Runs a command line to its end. */
  wherry(
    args: readonly string[],
    input?: string | Uint8Array,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Said> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [launcher, ...args],
        { cwd: this.folder, env: { ...this.env, ...env }, maxBuffer: 64 * 2 ** 20 },
        (error, out, err) => {
          const code = error === null ? 0 : Number(error.code ?? 1);
          resolve({ code, out, err, all: `${out}\n${err}` });
        },
      );
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input ?? '');
    });
  }

  /** The same, and throws where it fails. */
  async did(...args: readonly string[]): Promise<Said> {
    const said = await this.wherry(args);
    if (said.code !== 0) throw new Error(`wherry ${args.join(' ')} ended with ${said.code}:\n${said.all}`);
    return said;
  }

  /** Starts one that goes on. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [launcher, ...args], { cwd: this.folder, env: { ...this.env, ...env } });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
