import { WherryError } from '@wherry/core/errors';

/** SQLite's result codes that mean more than "it failed". */
const result = {
  perm: 3,
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
} as const;

/** SQLite's primary result code, without the detail in the upper bits; undefined for every other error. */
function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === result.busy;
}

/**
 * Whether what the connection believes may differ from what is on the disk: a flush that failed once must not be trusted when it
 * works the second time, so the file is opened anew.
 */
export function poisons(error: unknown): boolean {
  const code = primaryCode(error instanceof WherryError ? error.cause : error);
  return (
    code === result.ioError ||
    code === result.corrupt ||
    code === result.notDatabase ||
    code === result.cannotOpen
  );
}

/** What an SQLite error means to the operator. */
export function failureOf(error: unknown, file: string): WherryError {
  if (error instanceof WherryError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const failed = (message: string, next?: string) =>
    new WherryError('storage_failed', message, {
      component: 'storage',
      cause: error,
      ...(next === undefined ? {} : { next }),
    });
  switch (primaryCode(error)) {
    case result.full:
      return new WherryError('storage_full', `${file}: ${reason}`, { component: 'storage', cause: error });
    case result.readOnly:
    case result.perm:
    case result.cannotOpen:
      return failed(
        `${file}: ${reason}`,
        'Make the data folder writable for the user that runs the gateway.',
      );
    case result.corrupt:
    case result.notDatabase:
      return damagedFile(file, reason, error);
    default:
      if (meansDamage(error, reason)) return damagedFile(file, reason, error);
      return failed(`${file}: ${reason}`);
  }
}

/** What a schema that was changed leads to, and a number that none of ours can be. */
function meansDamage(error: unknown, reason: string): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ERR_OUT_OF_RANGE' || /^no such (?:table|column|index)/.test(reason);
}

/** The one answer to a file that is not what was written into it. */
export function damagedFile(file: string, reason: string, cause?: unknown): WherryError {
  return new WherryError('storage_damaged', `${file} is damaged: ${reason}`, { component: 'storage', cause });
}
