import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';

/** Not in Node's constants: a handle on the file itself, without opening it (open(2)). */
const oPath = 0o10000000;

export const socketName = 'host.sock';

/** An instance's own folders on this machine. They go when it goes. */
export class Slot {
  readonly id: string;
  readonly folder: string;
  /** Shown inside as /function; code is renamed into it. */
  readonly functionFolder: string;
  /** Where the host makes its socket. */
  readonly socketFolder: string;
  readonly rootFolder: string;
  readonly passwd: string;
  readonly #user: number | undefined;
  #pinned: number | undefined;

  constructor(parent: string, id: string, user: number | undefined) {
    this.id = id;
    this.#user = user;
    this.folder = join(parent, id);
    this.functionFolder = join(this.folder, 'function');
    this.socketFolder = join(this.folder, 'run');
    this.rootFolder = join(this.folder, 'root');
    this.passwd = join(this.folder, 'passwd');
    mkdirSync(this.folder, { mode: 0o700 });
    for (const folder of [this.functionFolder, this.socketFolder, this.rootFolder]) mkdirSync(folder);
    // Modes are set and not left to the umask, because another user must pass here.
    chmodSync(this.functionFolder, 0o755);
    // bubblewrap enters it without the rights that would let root pass a closed door; the slot's own folder keeps others out.
    chmodSync(this.socketFolder, 0o711);
    if (user !== undefined) chownSync(this.socketFolder, user, user);
    const id0 = user ?? process.getuid?.() ?? 0;
    writeFileSync(
      this.passwd,
      `root:x:0:0:root:/:/bin/sh\nfunction:x:${id0}:${id0}:function:/tmp:/bin/sh\n`,
      { mode: 0o644 },
    );
    chmodSync(this.passwd, 0o644);
  }

  /**
   * Takes hold of the socket that the host has just made, before any user code runs, and returns a path that leads to this
   * very socket for ever: whatever the function puts in its place later (a link to somebody else's socket), it is not followed.
   * The path is short too, whatever folder the gateway lives in. From here on nothing can be added to the folder: it lies on the
   * machine's own disk, and no limit of the function's covers it.
   */
  pinSocket(): string {
    const path = join(this.socketFolder, socketName);
    // Where the function has no user of its own, it could undo this; such a machine is not of level full.
    if (this.#user === undefined) chmodSync(this.socketFolder, 0o511);
    else chownSync(this.socketFolder, 0, 0);
    if (process.platform !== 'linux') return path;
    const handle = openSync(path, oPath | constants.O_NOFOLLOW);
    if (!fstatSync(handle).isSocket()) {
      closeSync(handle);
      throw new WherryError('start_failed', 'the host did not make a socket', {
        component: 'process-provider',
      });
    }
    this.#pinned = handle;
    return `/proc/${process.pid}/fd/${handle}`;
  }

  remove(): void {
    if (this.#pinned !== undefined) closeSync(this.#pinned);
    this.#pinned = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
