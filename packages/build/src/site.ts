import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installScripts } from '@wherry/core/build';
import type { Strings } from '@wherry/core/function';
import type { PackageManifest } from '@wherry/core/packages';
import type { JobLimits, Shown, Workshop } from '@wherry/core/ports/workshop';
import { networkGrant } from '@wherry/core/rules/network-grant';
import { copyTree, type Layers } from './layers.ts';
import { stepFailure } from './step-failure.ts';
import type { Tool } from './tools/tool.ts';
import type { Reach } from './tools/registries.ts';

/** Where things are inside a build. The code stands where the function will have it, because tools write paths into what they make. */
export const places = {
  code: '/function/code',
  work: '/build',
  cache: '/cache',
  secrets: '/run/secrets',
} as const;

/** Build secrets that are the settings of a tool, and the variable by which it finds them. */
const secretFiles = {
  npmrc: 'NPM_CONFIG_USERCONFIG',
  'pip.conf': 'PIP_CONFIG_FILE',
  netrc: 'NETRC',
} as const;

/** One command of a recipe. */
export interface Step {
  /** What is done, for whoever waits: `Installing 3 dependencies with npm`. */
  readonly says: string;
  readonly tool: Tool;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Inside; the code's folder unless said. */
  readonly cwd?: string;
  readonly shown?: readonly Shown[];
  /** None unless said. */
  readonly reach?: Reach;
  /** Keeps what it prints to itself unless it fails. */
  readonly quiet?: true;
}

export interface SiteParts {
  /** Of this build alone; removed after it. */
  readonly folder: string;
  /** Of the namespace: what tools fetched. */
  readonly caches: string;
  readonly layers: Layers;
  readonly namespace: string;
  readonly workshop: Workshop;
  readonly limits: JobLimits;
  /** Milliseconds from some fixed moment on. */
  readonly now: () => number;
  readonly args: Strings;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  readonly told: (line: string) => void;
  readonly signal: AbortSignal;
}

const noNetwork = networkGrant('build', 'none');
const keptLines = 400;

/** A build under way: its folders, and what a recipe may do in them. */
export class Site {
  readonly #parts: SiteParts;
  readonly #until: number;
  /** On this machine: the function's code, which becomes the package. */
  readonly code: string;
  /** On this machine: room for what is not packed. */
  readonly work: string;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.#until = parts.now() + parts.limits.timeMs;
    this.code = join(parts.folder, 'code');
    this.work = join(parts.folder, 'work');
  }

  /** Lays out the source. */
  async open(source: string): Promise<void> {
    await mkdir(this.work, { recursive: true });
    await mkdir(this.#parts.caches, { recursive: true, mode: 0o755 });
    await copyTree(source, this.code);
    await makeWritable(this.code);
    // Whoever builds is another user.
    for (const folder of [this.#parts.folder, this.work, this.code]) await chmod(folder, 0o755);
    const { secrets } = this.#parts;
    if (secrets.size === 0) return;
    await mkdir(this.#secrets, { mode: 0o755 });
    // Readable to the build's user, who is the only other one that gets as far as here.
    for (const [name, value] of secrets) await writeFile(join(this.#secrets, name), value, { mode: 0o444 });
  }

  get #secrets(): string {
    return join(this.#parts.folder, 'secrets');
  }

  /** Secrets that tools know by themselves are told to them. */
  get #secretVariables(): Readonly<Record<string, string>> {
    const known = Object.entries(secretFiles).filter(([name]) => this.#parts.secrets.has(name));
    return Object.fromEntries(known.map(([name, variable]) => [variable, `${places.secrets}/${name}`]));
  }

  get args(): Strings {
    return this.#parts.args;
  }

  /** Whether scripts of dependencies may run: code that nobody here has read, at a time when nobody looks. */
  get scriptsAllowed(): boolean {
    return this.#parts.args[installScripts] === 'true';
  }

  say(line: string): void {
    this.#parts.told(line);
  }

  has(path: string): boolean {
    return existsSync(join(this.code, path));
  }

  read(path: string): Promise<string> {
    return readFile(join(this.code, path), 'utf8');
  }

  /** Runs a step to its end; resolves with its output. Throws `build_failed` with the line that says why, or `build_exceeded`. */
  async run(step: Step): Promise<readonly string[]> {
    const { workshop, folder, caches, told, signal, namespace, limits } = this.#parts;
    const lines: string[] = [];
    this.say(`→ ${step.says}`);
    const { tool, reach } = step;
    const secrets = this.#parts.secrets.size === 0 ? [] : [{ from: this.#secrets, to: places.secrets }];
    const cache = join(caches, tool.name);
    await mkdir(cache, { recursive: true, mode: 0o755 });
    const end = await workshop.run(
      {
        owner: namespace,
        command: [...tool.command, ...step.args],
        env: { CI: 'true', ...this.#secretVariables, ...tool.env, ...reach?.env, ...step.env },
        shown: [...tool.shown, ...(step.shown ?? []), ...secrets],
        writable: [
          { from: join(folder, 'code'), to: places.code },
          { from: join(folder, 'work'), to: places.work },
          { from: cache, to: places.cache },
        ],
        cwd: step.cwd ?? places.code,
        network: reach?.grant ?? noNetwork,
        limits: { ...limits, timeMs: Math.max(1, this.#until - this.#parts.now()) },
      },
      (line) => {
        lines.push(line);
        if (lines.length > keptLines) lines.splice(0, lines.length - keptLines);
        if (step.quiet !== true) told(line);
      },
      signal,
    );
    if (end.code === 0 && end.exceeded === undefined) return lines;
    throw stepFailure(step, end, lines, limits);
  }

  /**
   * Puts installed dependencies at `at` in the code: those of an earlier build where everything that decides is the same, else what `install` makes there.
   */
  async layer(at: string, decides: readonly string[], install: () => Promise<void>): Promise<void> {
    const key = createHash('sha256')
      .update(JSON.stringify([at, decides]))
      .digest('hex');
    const to = join(this.code, at);
    if (await this.#parts.layers.take(key, to)) return this.say('Dependencies have not changed');
    await install();
    if (existsSync(to)) await this.#parts.layers.keep(key, to);
  }
}

/** What a recipe has made of the code's folder. */
export interface Made {
  readonly manifest: PackageManifest;
  /** What is not packed, in the language of .gitignore. */
  readonly leftOut?: readonly string[];
}

/** Packages are kept read-only; a build changes its copy. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeWritable(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o777) | 0o200);
  }
}
