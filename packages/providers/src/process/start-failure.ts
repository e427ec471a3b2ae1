import { WherryError } from '@wherry/core/errors';

/** What the machine refuses, in the catalogue's words. */
export function startFailure(error: unknown): WherryError {
  if (error instanceof WherryError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  return new WherryError('start_failed', cause, { component: 'process-provider', cause: error });
}

/** The same error, with the last lines that the host wrote below what it says itself. */
export function withLastWords(error: unknown, words: readonly string[]): unknown {
  if (!(error instanceof WherryError) || words.length === 0) return error;
  const excerpt = [error.excerpt, ...words].filter((part) => part !== undefined).join('\n');
  return new WherryError(error.code, error.message, {
    component: error.component,
    excerpt,
    next: error.next,
    cause: error,
  });
}
