import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';
import { output } from '../command-output.ts';
import { preparedHost } from './prepared-host.ts';
import { installation, interpreted, type Runtime } from './runtime.ts';

const oldest = 9;
const newest = 30;

/** The first python3 on the path that is 3.9 or newer. */
export async function usualPython(hosts: string, cache: string, path: string): Promise<Runtime | undefined> {
  for (const place of path.split(delimiter)) {
    const candidate = join(place, process.platform === 'win32' ? 'python.exe' : 'python3');
    const runtime = existsSync(candidate) ? await pythonAt(candidate, hosts, cache) : undefined;
    if (runtime !== undefined) return { ...runtime, name: 'python' };
  }
  return undefined;
}

/** Every Python of this machine, one of each version: along the path, and pyenv's. Their hosts are not prepared yet. */
export async function allPythons(hosts: string, path: string): Promise<readonly Runtime[]> {
  const found = new Map<string, Runtime>();
  for (const candidate of candidates(path)) {
    const runtime = await pythonAt(candidate, hosts);
    if (runtime !== undefined && !found.has(runtime.name)) found.set(runtime.name, runtime);
  }
  return [...found.values()];
}

function candidates(path: string): readonly string[] {
  const names = Array.from({ length: newest - oldest }, (_, at) => `python3.${oldest + at}`);
  const along = path
    .split(delimiter)
    .flatMap((place) => ['python3', ...names].map((name) => join(place, name)));
  // Where pyenv is, its shims are on the path.
  const homes = path
    .split(delimiter)
    .flatMap((place) => (place.endsWith(`${sep}shims`) ? [dirname(place)] : []));
  const pyenv = [...new Set([...homes, join(homedir(), '.pyenv')])].flatMap((home) => {
    const versions = join(home, 'versions');
    if (!existsSync(versions)) return [];
    return readdirSync(versions).map((name) => join(versions, name, 'bin/python3'));
  });
  const seen = new Set<string>();
  return [...along, ...pyenv].filter((file) => {
    if (!existsSync(file)) return false;
    const real = realpathSync(file);
    return seen.has(real) ? false : seen.add(real) !== undefined;
  });
}

const question = 'import sys; print(sys.version.split()[0], sys.executable, sys.base_prefix, sep="\\n")';

/** A shim (pyenv, asdf) is asked for the real one. The host is prepared in `cache`, if that is given. */
export async function pythonAt(
  candidate: string,
  hosts: string,
  cache?: string,
): Promise<Runtime | undefined> {
  const [version = '', executable = '', prefix = ''] = (await output(candidate, ['-c', question])).split(
    '\n',
  );
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== 3 || minor < oldest) return undefined;
  const real = realpathSync(executable);
  const binds = [...installation(prefix)];
  if (prefix !== '/usr' && !real.startsWith(prefix + sep))
    binds.push(...installation(dirname(dirname(real))));
  const host = join(hosts, 'python');
  const folder = cache === undefined ? host : await preparedHost(host, cache, real, version);
  return interpreted(`python3.${minor}`, version, real, folder, binds);
}
