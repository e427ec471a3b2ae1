import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import type { BundledImage } from '@wherry/core/bundled-images';

/**
 * The folder with the code of a bundled image. One that needs libraries of this installation, or several folders, is put together in `cache`
 * when it is first asked for. `functions` is the folder with the code of all of them.
 */
export function bundledCode(image: BundledImage, functions: string, cache: string): string {
  const { folder, folders = [], modules = [] } = image;
  if (folders.length === 0 && modules.length === 0) return join(functions, folder);
  const wanted = withDependencies(modules, functions);
  const made = join(
    cache,
    `${folder}-${digestOf(
      [...(folders.length === 0 ? [folder] : folders)].map((one) => join(functions, one)),
      wanted,
    )}`,
  );
  if (existsSync(made)) return made;
  const fresh = `${made}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  if (folders.length === 0) cpSync(join(functions, folder), fresh, { recursive: true });
  else for (const one of folders) cpSync(join(functions, one), join(fresh, one), { recursive: true });
  for (const [name, from] of wanted)
    cpSync(from, join(fresh, 'node_modules', name), { recursive: true, dereference: true });
  openToAll(fresh);
  chmodSync(cache, 0o755);
  for (const old of readdirSync(cache))
    if (old.startsWith(`${folder}-`) && !old.endsWith('.new'))
      rmSync(join(cache, old), { recursive: true, force: true });
  renameSync(fresh, made);
  return made;
}

interface PackageFile {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Libraries with all that they need; of what they only may need, what was installed: the binary of this platform. */
function withDependencies(names: readonly string[], from: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, optional: boolean): void => {
    if (found.has(name)) return;
    const place = installed(name, from);
    if (place === undefined) {
      if (optional) return;
      throw new WherryError('tool_missing', `the library ${name} is not in this installation`, {
        component: 'process-provider',
        next: 'Install Wherry again, with all of its libraries: npm install',
      });
    }
    found.set(name, place);
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(place);
    for (const one of Object.keys(dependencies)) add(one, one in optionalDependencies);
    for (const one of Object.keys(optionalDependencies)) add(one, true);
  };
  for (const name of names) add(name, false);
  return found;
}

/** As Node looks for it: in the node_modules of every folder above. */
function installed(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
    if (dirname(folder) === folder) return undefined;
  }
}

function manifestOf(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
}

/** Of the code and of the versions of its libraries. */
function digestOf(folders: readonly string[], modules: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
      if (statSync(join(folder, file)).isFile()) hash.update(file).update(readFileSync(join(folder, file)));
  for (const [name, place] of modules) hash.update(`${name}@${manifestOf(place).version}`);
  return hash.digest('hex').slice(0, 16);
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, 0o644);
  }
}
