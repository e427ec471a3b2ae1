import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import type { Bind } from './sandbox/enclosure.ts';
import { output } from './command-output.ts';
import { preparedHost } from './prepared-host.ts';
import { inside } from './sandbox/enclosure.ts';

/** A language that can run here. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  /** The interpreter on this machine. */
  readonly path: string;
  /** What must be shown inside for it to run, beyond /usr. */
  readonly binds: readonly Bind[];
  /** The command inside a fence, without `--socket`. */
  readonly command: readonly string[];
  /** The same outside of any fence. */
  readonly bareCommand: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** `launch.json` beside each host: how it wants to be started. */
interface LaunchFile {
  readonly host: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Which runtimes exist at all, for messages. */
export const knownRuntimes = ['node', 'python', 'process'] as const;

/**
 * Looks for the runtimes of this machine along `path`. `hosts` is the folder with a folder of each language's host, `cache` one where hosts may be
 * kept in a prepared form.
 */
export async function findRuntimes(
  hosts: string,
  cache: string,
  path: string,
): Promise<ReadonlyMap<string, Runtime>> {
  const found = await Promise.all([findNode(hosts), findPython(hosts, cache, path)]);
  return new Map(found.filter((runtime) => runtime !== undefined).map((runtime) => [runtime.name, runtime]));
}

/** The Node that runs the gateway runs the functions too: it is there for certain. */
async function findNode(hosts: string): Promise<Runtime | undefined> {
  const path = realpathSync(process.execPath);
  const binds = path.startsWith('/usr/') ? [] : [{ from: path, to: '/opt/wherry/bin/node' }];
  return runtime(join(hosts, 'node'), 'node', process.versions.node, path, binds, binds[0]?.to ?? path);
}

const askPython = 'import sys; print(sys.version.split()[0], sys.executable, sys.base_prefix, sep="\\n")';

/** The first python3 on the path that is 3.9 or newer; a shim (pyenv, asdf) is asked for the real one. */
async function findPython(hosts: string, cache: string, path: string): Promise<Runtime | undefined> {
  for (const place of path.split(delimiter)) {
    const candidate = join(place, process.platform === 'win32' ? 'python.exe' : 'python3');
    if (!existsSync(candidate)) continue;
    const [version = '', executable = '', prefix = ''] = (await output(candidate, ['-c', askPython])).split(
      '\n',
    );
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major !== 3 || minor < 9) continue;
    const real = realpathSync(executable);
    const binds = prefix === '/usr' ? [] : [{ from: prefix, to: prefix }];
    if (prefix !== '/usr' && !real.startsWith(prefix + sep))
      binds.push({ from: dirname(dirname(real)), to: dirname(dirname(real)) });
    const folder = await preparedHost(join(hosts, 'python'), cache, real, version);
    return runtime(folder, 'python', version, real, binds, real);
  }
  return undefined;
}

function runtime(
  folder: string,
  name: string,
  version: string,
  path: string,
  binds: readonly Bind[],
  pathInside: string,
): Runtime {
  const launch = JSON.parse(readFileSync(join(folder, 'launch.json'), 'utf8')) as LaunchFile;
  return {
    name,
    version,
    path,
    binds: [...binds, { from: folder, to: inside.host }],
    command: [pathInside, ...launch.args, `${inside.host}/${launch.host}`],
    bareCommand: [path, ...launch.args, join(folder, launch.host)],
    env: launch.env,
  };
}
