import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installScripts } from '@wherry/core/build';
import type { Strings } from '@wherry/core/function';
import type { JobLimits, Shown, Workshop } from '@wherry/core/ports/workshop';
import { networkGrant } from '@wherry/core/rules/network-grant';
import { emptied, layOut, type Shelf } from './shelf.ts';
import { plainFolder } from './built-files.ts';
import { stepFailure } from './step-failure.ts';
import type { Tool } from './tools/tool.ts';
import type { Reach } from './tools/registries.ts';

/** Where things are inside a build. The code stands where the function will have it, because tools write paths into what they make. */
export const places = {
  code: '/function/code',
  work: '/build',
  cache: '/cache',
  given: '/given',
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
  /** Whether code of the function's or its dependencies' may run: then it writes to no cache but the function's own. */
  readonly risky?: boolean;
  /** Keeps what it prints to itself unless it fails. */
  readonly quiet?: true;
}

export interface SiteParts {
  /** Of this build alone; removed after it. */
  readonly folder: string;
  /** What tools fetched and what was installed, of the whole namespace: only steps that run no code of anybody's see it. */
  readonly shelf: Shelf;
  /** The function's own: for steps in which code runs that nobody has read. */
  readonly ownShelf: Shelf;
  readonly namespace: string;
  readonly workshop: Workshop;
  readonly limits: JobLimits;
  /** Milliseconds from some fixed moment on. */
  readonly now: () => number;
  readonly args: Strings;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** Digest of the source. */
  readonly source: string;
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
  /** On this machine: files of ours for the steps, which they see and cannot change. */
  readonly given: string;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.#until = parts.now() + parts.limits.timeMs;
    this.code = join(parts.folder, 'code');
    this.work = join(parts.folder, 'work');
    this.given = join(parts.folder, 'given');
  }

  /** Lays out the source. */
  async open(source: string): Promise<void> {
    for (const folder of [this.work, this.given]) await mkdir(folder, { recursive: true });
    await layOut(source, this.code);
    // Whoever builds is another user.
    for (const folder of [this.#parts.folder, this.work, this.given, this.code]) await chmod(folder, 0o755);
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

  /** Whether a file of the source is there. */
  has(path: string): boolean {
    return lstatSync(join(this.code, path), { throwIfNoEntry: false })?.isFile() === true;
  }

  /** Runs a step to its end; resolves with its output. Throws `build_failed` with the line that says why, or `build_exceeded`. */
  async run(step: Step): Promise<readonly string[]> {
    const { workshop, folder, told, signal, namespace, limits, shelf, ownShelf } = this.#parts;
    const lines: string[] = [];
    this.say(`→ ${step.says}`);
    const { tool, reach } = step;
    const secrets = this.#parts.secrets.size === 0 ? [] : [{ from: this.#secrets, to: places.secrets }];
    const risky = step.risky === true || this.scriptsAllowed || this.#parts.secrets.size > 0;
    const cache = join((risky ? ownShelf : shelf).caches, tool.name);
    await emptied(cache, limits.diskBytes / 2);
    const end = await workshop.run(
      {
        owner: namespace,
        command: [...tool.command, ...step.args],
        env: { CI: 'true', ...this.#secretVariables, ...tool.env, ...reach?.env, ...step.env },
        shown: [...tool.shown, ...(step.shown ?? []), ...secrets, { from: this.given, to: places.given }],
        writable: [
          { from: join(folder, 'code'), to: places.code },
          { from: join(folder, 'work'), to: places.work },
          { from: cache, to: places.cache, kept: true },
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
   * Puts installed dependencies at `at` in the code: those of an earlier build where everything that decides is the same, else what `install` makes
   * there. `whole`: what decides cannot be told apart from the rest of the source. What was installed with a secret is for this once.
   */
  async layer(at: string, { decides, whole, risky }: Layering, install: () => Promise<void>): Promise<void> {
    const { shelf, ownShelf, secrets, source } = this.#parts;
    if (secrets.size > 0) return install();
    const { layers } = risky || this.scriptsAllowed ? ownShelf : shelf;
    const key = createHash('sha256')
      .update(JSON.stringify([at, decides, whole ? source : '', this.scriptsAllowed]))
      .digest('hex');
    if (await layers.take(key, join(this.code, at))) return this.say('Dependencies have not changed');
    await install();
    const made = plainFolder(this.code, at);
    if (made !== undefined) await layers.keep(key, made);
  }
}

/** What decides about installed dependencies. */
export interface Layering {
  readonly decides: readonly string[];
  /** Whether other files of the source may: then all of it does. */
  readonly whole: boolean;
  readonly risky: boolean;
}
