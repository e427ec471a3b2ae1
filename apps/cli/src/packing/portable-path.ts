import type { PlatformPath } from 'node:path';

/** A path inside a folder as archives spell it: forward slashes, on every system. */
export function portablePath(relative: string, path: PlatformPath): string {
  return path.sep === '/' ? relative : relative.split(path.sep).join('/');
}

/** Where a symbolic link leads, if that is inside the folder; written relative to the link, with forward slashes. */
export function linkInside(
  root: string,
  link: string,
  target: string,
  path: PlatformPath,
): string | undefined {
  const from = path.dirname(link);
  const inside = path.relative(root, path.resolve(from, target));
  if (inside.split(path.sep)[0] === '..' || path.isAbsolute(inside)) return undefined;
  return portablePath(path.relative(from, path.resolve(from, target)), path);
}
