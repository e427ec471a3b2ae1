import { extname } from 'node:path';
import { usageError } from '../failures.ts';

/**
 * The format of a file that is written: what --format says, else what its name ends with, else undefined. Throws a wrong usage where the two
 * contradict each other: a file of that name would open as what it is not.
 */
export function fileFormat<T extends string>(
  formats: readonly T[],
  file: string | undefined,
  said: T | undefined,
): T | undefined {
  const ending = file === undefined ? '' : extname(file).slice(1).toLowerCase();
  const ended = formats.find((one) => one === ending);
  if (said !== undefined && ended !== undefined && said !== ended)
    throw usageError(
      `${file} ends with .${ended}, and --format says ${said}`,
      `Leave one out, or name it .${said}`,
    );
  return said ?? ended;
}
