import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import type { Cancel } from '@wherry/core/ports/clock';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { SecretName } from '@wherry/core/secret';

/** What of the store the instances' files are made from. */
export type SecretSource = Pick<SecretStore, 'read' | 'watch'>;

interface Mount {
  readonly folder: string;
  readonly user: number | undefined;
  namespace: string;
  names: readonly string[];
  /** The last write that was begun: files of one instance are written one after another, so that the newest value stays. */
  turn: Promise<void>;
  /** Its instance has ended while something was written for it. */
  gone: boolean;
}

const component = 'process-provider';
/** `f_type` of a file system that lies in memory (statfs(2)). */
const tmpfs = 0x01021994;

/**
 * The secrets of instances as files, readable by the instance's user only, in memory where the machine has a file system there. A host
 * starts with an empty folder; once it has a function the files appear in it, and follow what is written later.
 */
export class SecretMounts {
  readonly #source: SecretSource;
  readonly #mark: string;
  readonly #fallback: string;
  readonly #problem: (message: string) => void;
  readonly #mounts = new Map<string, Mount>();
  #base = '';
  #stop: Cancel | undefined;

  /** `mark` tells this data folder from others on the machine; `fallback` is a private folder for machines without one in memory. */
  constructor(source: SecretSource, mark: string, fallback: string, problem: (message: string) => void) {
    this.#source = source;
    this.#mark = mark;
    this.#fallback = fallback;
    this.#problem = problem;
  }

  /** Takes away what a killed gateway left, and begins to follow changes. */
  open(shared = '/dev/shm'): void {
    const parent = inMemory(shared) ? shared : this.#fallback;
    const prefix = `wherry-${this.#mark}-`;
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    // Everybody may make files there: only our own are removed, and the new folder's name can't be taken before us.
    for (const name of readdirSync(parent).filter((one) => one.startsWith(prefix)))
      if (lstatSync(join(parent, name)).uid === process.getuid?.())
        rmSync(join(parent, name), { recursive: true, force: true });
    this.#base = mkdtempSync(join(parent, prefix));
    this.#stop = this.#source.watch((changed) => this.#changed(changed));
  }

  /** An empty folder for a host that starts; read-only inside. */
  make(id: string, user: number | undefined): string {
    const folder = join(this.#base, id);
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    this.#mounts.set(id, { folder, user, namespace: '', names: [], turn: Promise.resolve(), gone: false });
    return folder;
  }

  /** Fills it, and keeps it up to date from now on. Throws `secret_missing`, `secret_unreadable`. */
  async fill(id: string, namespace: string, names: readonly string[]): Promise<void> {
    const mount = this.#mounts.get(id);
    if (mount === undefined || names.length === 0) return;
    Object.assign(mount, { namespace, names });
    for (const name of names) {
      const there = await this.#write(mount, name);
      if (there) continue;
      throw new WherryError('secret_missing', `secret ${name} does not exist in ${namespace}`, {
        component,
        name,
      });
    }
  }

  drop(id: string): void {
    const mount = this.#mounts.get(id);
    if (mount === undefined) return;
    mount.gone = true;
    this.#mounts.delete(id);
    rmSync(mount.folder, { recursive: true, force: true });
  }

  close(): void {
    this.#stop?.();
    if (this.#base !== '') rmSync(this.#base, { recursive: true, force: true });
  }

  #changed({ namespace, name }: SecretName): void {
    for (const mount of this.#mounts.values()) {
      if (mount.namespace !== namespace || !mount.names.includes(name)) continue;
      this.#write(mount, name).catch((error: Error) =>
        this.#problem(
          `secret ${name} of ${namespace} was not brought to a running instance: ${error.message}`,
        ),
      );
    }
  }

  /** The newest value into its file, all at once; the file goes where there is none any more. False where there is none. */
  #write(mount: Mount, name: string): Promise<boolean> {
    const written = mount.turn.then(async () => {
      const value = await this.#source.read({ namespace: mount.namespace, name });
      const path = join(mount.folder, name);
      if (mount.gone) return true;
      if (value === undefined) unlinkIfThere(path);
      else this.#place(mount, path, value);
      return value !== undefined;
    });
    mount.turn = written.then(nothing, nothing);
    return written;
  }

  #place({ folder, user }: Mount, path: string, value: Uint8Array): void {
    const incoming = `${folder}.incoming`;
    writeFileSync(incoming, value, { mode: 0o400 });
    if (user !== undefined) chownSync(incoming, user, user);
    renameSync(incoming, path);
  }
}

function nothing(): void {}

function inMemory(folder: string): boolean {
  try {
    return process.platform === 'linux' && statfsSync(folder).type === tmpfs;
  } catch {
    return false;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
