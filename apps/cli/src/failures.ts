import { asWherryError, reportOf, WherryError } from '@wherry/core/errors';
import { ClientError, type ClientReport } from '@wherry/wire/client-error';

/** A wrong command line: exit 2, with how to write it. */
export function usageError(cause: string, next: string): ClientError {
  return new ClientError({
    code: 'usage',
    title: 'Wrong usage',
    cause,
    next,
    fault: 'caller',
    component: 'cli',
  });
}

/** Something on this machine that keeps a command from its work. */
export function localError(
  code: string,
  title: string,
  cause: string,
  next: string,
  thrown?: unknown,
): ClientError {
  return new ClientError({ code, title, cause, next, fault: 'caller', component: 'cli' }, undefined, thrown);
}

/** Something that the gateway does not have: exit 3. */
export function notThere(what: string, next: string): ClientError {
  const report = { code: 'not_found', title: 'Not there', cause: `there is no ${what}`, next };
  return new ClientError({ ...report, fault: 'caller', component: 'cli' }, 404);
}

/** Something that is to be made and is there. */
export function alreadyThere(code: string, what: string, next: string): ClientError {
  return localError(code, 'Already there', `there is a ${what} already`, next);
}

/** Any thrown value as what is shown of it. */
export function asClientError(thrown: unknown): ClientError {
  if (thrown instanceof ClientError) return thrown;
  if (thrown instanceof WherryError) {
    const { callId: _, ...report } = reportOf(thrown);
    return new ClientError(report, undefined, thrown);
  }
  const { code, path, message } = thrown as NodeJS.ErrnoException;
  // A file of the user's that can't be read or written is no mistake of ours.
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code) && typeof path === 'string') {
    return localError(
      'file',
      'A file cannot be used',
      message,
      `Check that ${path} exists and that you may use it.`,
      thrown,
    );
  }
  const report = reportOf(asWherryError(thrown, 'cli'));
  return new ClientError(
    { ...report, next: 'Please report it, with the output of --debug.' },
    undefined,
    thrown,
  );
}

/** 0 done · 1 failed · 2 wrong usage · 3 not found · 4 not allowed · 5 unreachable · 6 not healthy · 7 timed out. */
export function exitCodeOf(error: ClientError): number {
  const { code } = error.report;
  const byCode = exitCodes[code];
  if (byCode !== undefined) return byCode;
  if (error.status === 404) return 3;
  if (error.status === 401 || error.status === 403) return 4;
  return error.status === 408 || error.status === 504 ? 7 : 1;
}

const exitCodes: Readonly<Record<string, number>> = {
  usage: 2,
  bad_name: 2,
  bad_value: 2,
  bad_json: 2,
  bad_query: 2,
  bad_stack: 2,
  namespace_unknown: 3,
  unknown_host: 4,
  plain_http: 4,
  unreachable: 5,
  deploy_failed: 6,
  function_broken: 6,
  timed_out: 7,
  interrupted: 130,
};

export const exitMeanings: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed',
  2: 'wrong usage',
  3: 'not found',
  4: 'not allowed',
  5: 'gateway unreachable',
  6: 'deployed, but it does not start',
  9: 'something would change',
  7: 'timed out',
  8: 'the function answered an error',
  130: 'interrupted',
};

export type { ClientReport };
