import { runtimeParts } from '@wherry/core/languages';
import { findJdk, findMaven } from './java-tools.ts';
import { findNode, findNpm, ownNode } from './node-tools.ts';
import { findBundler, findComposer, findGo, findPhp, findRuby } from './other-tools.ts';
import { findPip, findPython } from './python-tools.ts';
import type { Tool } from './tool.ts';
import { type Reach, reachOf, type RegistryName } from './registries.ts';

/** A language that functions can run in on this machine, as the provider found it. */
export interface Interpreter {
  /** `node`, `node20`, `python3.12`. */
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

export interface ToolboxParts {
  /** PATH of the gateway. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Addresses of registries that the operator has named. */
  readonly mirrors: Readonly<Record<string, string>>;
  interpreters(): Promise<readonly Interpreter[]>;
}

/** The tools of this machine, each looked for when a build first needs it. */
export class Toolbox {
  readonly #parts: ToolboxParts;
  readonly #found = new Map<string, Promise<Tool>>();

  constructor(parts: ToolboxParts) {
    this.#parts = parts;
  }

  reach(name: RegistryName): Reach {
    return reachOf(name, this.#parts.mirrors, this.#parts.env);
  }

  /** PATH of the gateway. */
  get path(): string {
    return this.#parts.path;
  }

  /** Its variables. */
  get env(): Readonly<Record<string, string | undefined>> {
    return { ...this.#parts.env, PATH: this.path };
  }

  interpreters(): Promise<readonly Interpreter[]> {
    return this.#parts.interpreters();
  }

  async pythons(): Promise<readonly Interpreter[]> {
    return (await this.interpreters()).filter(({ name }) => runtimeParts(name).name === 'python');
  }

  node = ownNode;
  nodeOf = (runtime: string): Promise<Tool> => this.#once(runtime, () => findNode(this, runtime));
  npm = (): Promise<Tool> => this.#once('npm', () => findNpm(this));
  python = (runtime: string): Promise<Tool> => this.#once(runtime, () => findPython(this, runtime));
  pip = (own: Tool): Promise<Tool> => this.#once(`pip ${own.command[0]}`, () => findPip(this, own));
  go = (): Promise<Tool> => this.#once('go', () => findGo(this));
  jdk = (): Promise<Tool> => this.#once('jdk', () => findJdk(this));
  maven = (): Promise<Tool> => this.#once('maven', () => findMaven(this));
  php = (): Promise<Tool> => this.#once('php', () => findPhp(this));
  composer = (): Promise<Tool> => this.#once('composer', () => findComposer(this));
  ruby = (): Promise<Tool> => this.#once('ruby', () => findRuby(this));
  bundler = (): Promise<Tool> => this.#once('bundler', () => findBundler(this));

  /** One look for each tool; a failure is looked at again, because somebody may have installed it. */
  #once(name: string, find: () => Promise<Tool>): Promise<Tool> {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const found = find();
    this.#found.set(name, found);
    found.catch(() => this.#found.delete(name));
    return found;
  }
}
