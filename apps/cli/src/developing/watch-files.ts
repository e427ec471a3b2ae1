import { sep } from 'node:path';

/** Editors write a file in several steps; what comes within this is one change. */
const settleMs = 25;

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
  let waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', (_, path) => {
    waiting.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const paths = [...waiting];
      waiting = new Set();
      changed(paths);
    }, settleMs);
  });
  await new Promise<void>((ready) => watcher.once('ready', () => ready()));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}

function relativeTo(folders: readonly string[], path: string): string {
  const folder = folders.find((one) => path.startsWith(one + sep));
  return folder === undefined ? path : path.slice(folder.length + 1);
}
