import { WherryError } from '@wherry/core/errors';
import { type DeploymentKey, keyText } from '@wherry/core/function';
import type { Exit } from '@wherry/core/instance';

/** How an instance ended that was not stopped by us, or why a start failed. */
export interface Failure {
  readonly at: number;
  readonly reason: string;
  readonly lastWords: readonly string[];
}

const component = 'engine';
/** So many of the last lines stand under an error. */
const shownLines = 10;

/** The function was removed while the call was on its way. */
export function removed({ name }: DeploymentKey): WherryError {
  return new WherryError('stopping', 'the function was removed', { component, name });
}

/** The same failure of a version that was to take the place of one that works: who reads it wants to know that this one goes on. */
export function stillRuns(thrown: unknown): unknown {
  if (!(thrown instanceof WherryError) || thrown.code !== 'deploy_failed') return thrown;
  return new WherryError(thrown.code, thrown.message, {
    component: thrown.component,
    next: 'Correct it and deploy again; what ran before still runs.',
    ...(thrown.excerpt === undefined ? {} : { excerpt: thrown.excerpt }),
    cause: thrown,
  });
}

/** It does not start; the next try is in `leftMs`. */
export function broken(
  key: DeploymentKey,
  failure: Failure | undefined,
  leftMs: number,
  cause?: WherryError,
): WherryError {
  const excerpt = cause?.excerpt ?? failure?.lastWords.slice(-shownLines).join('\n') ?? '';
  const again = leftMs > 0 ? `; next try in ${Math.ceil(leftMs / 1000)} s` : '';
  const reason = failure?.reason ?? 'it does not start';
  return new WherryError('function_broken', `${keyText(key)}: ${reason}${again}`, {
    component,
    name: key.name,
    retryAfterS: Math.max(1, Math.ceil(leftMs / 1000)),
    ...(excerpt === '' ? {} : { excerpt }),
  });
}

/** The instance that had the call ended; `otherwise` is said where it is not known how. */
export function crashed({ name }: DeploymentKey, exit: Exit | undefined, otherwise: string): WherryError {
  const excerpt = exit?.lastWords.slice(-shownLines).join('\n') ?? '';
  return new WherryError('function_crashed', exit === undefined ? otherwise : exit.reason, {
    component,
    name,
    ...(excerpt === '' ? {} : { excerpt }),
  });
}
