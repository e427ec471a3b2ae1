import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import { runtimeParts } from '@wherry/core/languages';
import { output } from '../command-output.ts';
import { go, java, php, ruby } from './find-others.ts';
import { otherNodes, ownNode } from './find-node.ts';
import { allPythons, pythonAt, usualPython } from './find-python.ts';
import { knownRuntimes, type Runtime } from './runtime.ts';

export interface RuntimesOptions {
  /** The folder with a folder of each language's host. */
  readonly hosts: string;
  /** Where hosts may be kept in a prepared form. */
  readonly cache: string;
  /** Where versions of Node were fetched into. */
  readonly fetched: string;
  /** PATH. */
  readonly path: string;
}

const component = 'process-provider';
const install: Readonly<Record<string, string>> = {
  python: 'sudo apt-get install python3',
  java: 'sudo apt-get install openjdk-17-jre-headless',
  ruby: 'sudo apt-get install ruby',
  php: 'sudo apt-get install php-cli',
};

/** The runtimes of this machine. The two that most functions need are looked for at the start, others when somebody asks for them. */
export class Runtimes {
  readonly #options: RuntimesOptions;
  readonly #usual = new Map<string, Runtime>();
  #others: Promise<ReadonlyMap<string, Runtime>> | undefined;

  private constructor(options: RuntimesOptions) {
    this.#options = options;
  }

  static async find(options: RuntimesOptions): Promise<Runtimes> {
    const { hosts, cache, path } = options;
    const found = new Runtimes(options);
    const python = await usualPython(hosts, cache, path);
    for (const one of [ownNode(hosts), python]) if (one !== undefined) found.#usual.set(one.name, one);
    return found;
  }

  /** Those that were looked for at the start. */
  get usual(): readonly Runtime[] {
    return [...this.#usual.values()];
  }

  /** All of this machine, in all their versions. */
  async all(): Promise<readonly Pick<Runtime, 'name' | 'version' | 'path'>[]> {
    const found = new Map([...(await this.#rest()), ...this.#usual]);
    const all = [...found.values()].map(({ name, version, path }) => ({ name, version, path }));
    const path = php(this.#options.path);
    if (path !== undefined)
      all.push({ name: 'php', version: await output(path, ['-r', 'echo PHP_VERSION;']), path });
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The runtime that a manifest names. Throws `runtime_unknown`, `runtime_missing`. */
  async of(asked: string): Promise<Runtime> {
    const { name, version } = runtimeParts(asked);
    const known: readonly string[] = knownRuntimes;
    if (!known.includes(name))
      throw new WherryError('runtime_unknown', `${asked} is not one of ${known.join(', ')}`, { component });
    if (name === 'php' && php(this.#options.path) === undefined) throw this.#missing(asked);
    // Programs run beside Node's host: it is there for certain, and waits in the pool.
    const wanted = name === 'process' || name === 'php' ? 'node' : asked;
    const usual = this.#usual.get(wanted);
    if (usual !== undefined) return usual;
    if (version !== undefined)
      for (const one of this.#usual.values())
        if (one.name === name && one.version.startsWith(`${version}.`)) return one;
    const other = (await this.#rest()).get(wanted) ?? (await this.#again()).get(wanted);
    // Templates are named by the version they came with; what was written for an older Node runs on a newer one.
    if (other === undefined && name === 'node') return this.#usual.get('node') as Runtime;
    if (other === undefined) throw this.#missing(asked);
    if (name !== 'python') return other;
    const { hosts, cache } = this.#options;
    const prepared = (await pythonAt(other.path, hosts, cache)) ?? other;
    this.#usual.set(prepared.name, prepared);
    return prepared;
  }

  #missing(asked: string): WherryError {
    const { name, version } = runtimeParts(asked);
    const fetch = name === 'node' && version !== undefined ? `wherry runtime add ${asked}` : install[name];
    const what = version === undefined ? `no ${name}` : `no ${name} ${version}`;
    const next = fetch === undefined ? {} : { next: `Install it where the gateway runs: ${fetch}` };
    return new WherryError('runtime_missing', `${what} was found on this machine`, { component, ...next });
  }

  #rest(): Promise<ReadonlyMap<string, Runtime>> {
    this.#others ??= this.#look();
    return this.#others;
  }

  /** Somebody may have installed it since. */
  #again(): Promise<ReadonlyMap<string, Runtime>> {
    this.#others = this.#look();
    return this.#others;
  }

  async #look(): Promise<ReadonlyMap<string, Runtime>> {
    const { hosts, fetched, path } = this.#options;
    const has = (name: string): boolean => existsSync(join(hosts, name, 'launch.json'));
    const lists = await Promise.all([
      otherNodes(hosts, fetched, path),
      allPythons(hosts, path),
      has('java') ? java(hosts, path) : undefined,
      has('ruby') ? ruby(hosts, path) : undefined,
    ]);
    const all = [...lists.flat(), ...(has('go') ? [go(hosts)] : [])];
    return new Map(all.filter((one) => one !== undefined).map((one) => [one.name, one]));
  }
}
