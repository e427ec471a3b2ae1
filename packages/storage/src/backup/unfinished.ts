import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that a restore works in, and that is gone when it is done. */
export const mark = '.restoring';

/** The traces of a restore that was cut off, undefined where there are none: then the data folder may be half of the one and half of the other. */
export function unfinished(home: string): string | undefined {
  const path = join(home, mark);
  return existsSync(path) ? path : undefined;
}
