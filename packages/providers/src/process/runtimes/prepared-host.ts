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
} from 'node:fs';
import { basename, join } from 'node:path';
import { output } from '../command-output.ts';

/**
 * A language host in the data folder, with what its interpreter compiles once and for all: it can be written there, whoever owns the
 * installation, and functions only ever see it read-only. Made at the first start, and again when host or interpreter change.
 * Where it can't be made, the host works from where it is, a little slower.
 */
export async function preparedHost(
  host: string,
  cache: string,
  interpreter: string,
  version: string,
): Promise<string> {
  // Each minor version compiles for itself.
  const kind = `${basename(host)}-${version.split('.').slice(0, 2).join('.')}-`;
  const prepared = join(cache, kind + digestOf(host, version));
  if (existsSync(prepared)) return prepared;
  const fresh = `${prepared}.new`;
  try {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    chmodSync(cache, 0o755);
    for (const old of readdirSync(cache)) {
      if (old.startsWith(kind)) rmSync(join(cache, old), { recursive: true, force: true });
    }
    cpSync(host, fresh, {
      recursive: true,
      filter: (path) => !/__pycache__|fixtures|\.test\.ts$/.test(path),
    });
    await output(interpreter, ['-I', '-S', '-B', join(fresh, 'host.py'), '--prepare']);
    openToAll(fresh);
    renameSync(fresh, prepared);
    return prepared;
  } catch {
    return host;
  }
}

/** Of every file of the host: names and contents, and the interpreter they were compiled for. */
function digestOf(host: string, version: string): string {
  const hash = createHash('sha256').update(version);
  for (const path of readdirSync(host, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.py$|^launch\.json$/.test(path) && !path.includes('fixtures'))
      hash.update(path).update(readFileSync(join(host, path)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Another user runs it, whatever our umask is. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openToAll(join(folder, entry.name));
    else chmodSync(join(folder, entry.name), 0o644);
  }
}
