import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Bind, inside } from '../sandbox/enclosure.ts';

/** A language that can run here, in one of its versions. */
export interface Runtime {
  /** As manifests name it: `node`, `node20`, `python3.12`. */
  readonly name: string;
  readonly version: string;
  /** The interpreter on this machine; for compiled languages the function's own program, inside. */
  readonly path: string;
  /** What must be shown inside for it to run, beyond /usr. */
  readonly binds: readonly Bind[];
  /** The command inside a fence, without `--socket`. */
  readonly command: readonly string[];
  /** The same outside of any fence. `{code}` stands for where the code is. */
  readonly bareCommand: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether its host starts with the code in place. Such a host cannot wait for a function. */
  readonly needsCode: boolean;
  /** How its own memory is bounded, by the memory of an instance. */
  heap(memoryBytes: number): readonly string[];
}

/** `launch.json` beside each host: how it wants to be started. */
export interface LaunchFile {
  /** A file of the host that the interpreter runs; none where the function's program is its own host. */
  readonly host?: string;
  /** What is started instead of an interpreter. `{code}` stands for the folder of the code. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function launchFile(folder: string): LaunchFile {
  return JSON.parse(readFileSync(join(folder, 'launch.json'), 'utf8')) as LaunchFile;
}

/** Which runtimes exist at all, for messages. */
export const knownRuntimes = ['node', 'python', 'go', 'java', 'ruby', 'php', 'process'] as const;

export const codeInside = `${inside.function}/code`;

/** A runtime whose interpreter runs a host of ours from `folder`. */
export function interpreted(
  name: string,
  version: string,
  path: string,
  folder: string,
  binds: readonly Bind[],
  more: { readonly pathInside?: string; readonly without?: RegExp; readonly heap?: Runtime['heap'] } = {},
): Runtime {
  const launch = launchFile(folder);
  const args = launch.args.filter((arg) => more.without?.test(arg) !== true);
  return {
    name,
    version,
    path,
    binds: [...binds, { from: folder, to: inside.host }],
    command: [more.pathInside ?? path, ...args, `${inside.host}/${launch.host}`],
    bareCommand: [path, ...args, join(folder, launch.host ?? '')],
    env: launch.env,
    needsCode: false,
    heap: more.heap ?? (() => []),
  };
}

/** A runtime whose host comes with the code. */
export function compiled(
  name: string,
  version: string,
  program: string | undefined,
  folder: string,
  binds: readonly Bind[],
  heap: Runtime['heap'] = () => [],
): Runtime {
  const launch = launchFile(folder);
  const words = [program ?? launch.program ?? '', ...launch.args];
  const command = words.map((word) => word.replaceAll('{code}', codeInside));
  const path = program ?? codeInside;
  return { name, version, path, binds, command, bareCommand: words, env: launch.env, needsCode: true, heap };
}

/** An installation shown under its own name, unless it is part of the system that everybody sees. */
export function installation(folder: string): readonly Bind[] {
  return folder === '/usr' || folder.startsWith(`/usr${sep}`) ? [] : [{ from: folder, to: folder }];
}
