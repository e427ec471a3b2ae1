import { statSync } from 'node:fs';
import { sep } from 'node:path';

/** Editors write a file in several steps; what comes within this is one change. */
const settleMs = 25;

/** The watcher drops a file's second change within 50 ms of its first (a formatter that runs on save): so it is looked at once more after that. */
const deafMs = 60;

/** Where nobody writes code by hand. */
const left =
  /(?:^|[\\/])(?:node_modules|\.git|__pycache__|site-packages|vendor|\.venv|build|target)(?:[\\/]|$)/;

/** Tells of changed files, those of one moment together. Resolves once it watches. */
export async function watchFiles(
  folders: readonly string[],
  changed: (paths: readonly string[]) => void,
): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar');
  const watcher = watch([...folders], {
    ignoreInitial: true,
    ignored: (path) => folders.every((folder) => path !== folder) && left.test(relativeTo(folders, path)),
  });
  const waiting = new Set<string>();
  const told = new Map<string, string>();
  let settling: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  const touch = (path: string): void => {
    waiting.add(path);
    clearTimeout(settling);
    settling = setTimeout(tell, settleMs);
  };
  const tell = (): void => {
    for (const path of waiting) told.set(path, stateOf(path));
    changed([...waiting]);
    waiting.clear();
    clearTimeout(looking);
    looking = setTimeout(lookAgain, deafMs);
  };
  const lookAgain = (): void => {
    for (const [path, state] of told) if (stateOf(path) !== state) touch(path);
    told.clear();
  };
  watcher.on('all', (_, path) => touch(path));
  await new Promise<void>((ready) => watcher.once('ready', () => ready()));
  return async () => {
    clearTimeout(settling);
    clearTimeout(looking);
    await watcher.close();
  };
}

function relativeTo(folders: readonly string[], path: string): string {
  const folder = folders.find((one) => path.startsWith(one + sep));
  return folder === undefined ? path : path.slice(folder.length + 1);
}

function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}
