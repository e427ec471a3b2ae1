import type { PlatformPath } from 'node:path';

/** Whether `target` is the folder `root` or lies in it; both absolute. On Windows another drive is outside too. */
export function isInside(root: string, target: string, path: PlatformPath): boolean {
  const inside = path.relative(root, target);
  return inside.split(path.sep)[0] !== '..' && !path.isAbsolute(inside);
}
