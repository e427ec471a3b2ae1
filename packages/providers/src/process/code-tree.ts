import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Puts a package's code into a slot, all at once: a tree of hard links is made beside it and renamed in. The files stay the
 * package's own (read-only, owned by the gateway); inside the fence the whole folder is a read-only mount.
 */
export function placeCode(code: string, slotFolder: string, functionFolder: string): void {
  const incoming = join(slotFolder, 'incoming');
  linkTree(code, incoming);
  renameSync(incoming, join(functionFolder, 'code'));
}

function linkTree(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) linkTree(join(from, entry.name), join(to, entry.name));
    // Never by its content: what a link leads to from here is the machine's, not the package's.
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(join(from, entry.name)), join(to, entry.name));
    else linkFile(join(from, entry.name), join(to, entry.name));
  }
}

/** Packages with more links than a file may have, and file systems without links, get a copy. */
function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EMLINK' && code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EXDEV') throw error;
    copyFileSync(from, to);
  }
}
