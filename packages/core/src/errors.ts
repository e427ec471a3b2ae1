import { catalogue, type Fault } from './error-catalogue.ts';

export { catalogue, type Fault };

export type ErrorCode = keyof typeof catalogue;

/** What an error carries beside its code. */
export interface ErrorDetails {
  /** The part of Wherry that noticed: gateway, engine, process-provider, cli … */
  readonly component: string;
  /** Fills `{name}` in the next step. */
  readonly name?: string;
  /** Seconds after which a retry makes sense; sent as Retry-After. */
  readonly retryAfterS?: number;
  /** Last log lines, the stack of the user's code: shown under the message, never parsed. */
  readonly excerpt?: string;
  /** A more useful next step than the catalogue's. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** A failure from the catalogue. The message is the cause in this case, in plain words. */
export class WherryError extends Error {
  readonly code: ErrorCode;
  readonly component: string;
  readonly excerpt: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly next: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'WherryError';
    this.code = code;
    this.component = details.component;
    this.excerpt = details.excerpt;
    this.retryAfterS = details.retryAfterS;
    this.next = (details.next ?? catalogue[code].next).replaceAll('{name}', () => details.name ?? 'NAME');
  }

  get status(): number {
    return catalogue[this.code].status;
  }

  get fault(): Fault {
    return catalogue[this.code].fault;
  }

  get title(): string {
    return catalogue[this.code].title;
  }
}

/** Any thrown value as a WherryError; what is not from the catalogue is our own mistake. */
export function asWherryError(thrown: unknown, component: string): WherryError {
  if (thrown instanceof WherryError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new WherryError('internal', message, { component, cause: thrown });
}

/** The same failure, with where in what was sent it lies. */
export function errorAt(place: string, thrown: unknown, component: string): WherryError {
  const { code, message, next, excerpt, retryAfterS, cause } = asWherryError(thrown, component);
  return new WherryError(code, `${place}: ${message}`, {
    ...{ component, next, cause },
    ...(excerpt === undefined ? {} : { excerpt }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  });
}

/** Does something; what it throws is told with where in what was sent it lies. */
export function atPlace<T>(place: string, component: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw errorAt(place, thrown, component);
  }
}

/** What every front door shows of an error: the same fields as JSON, as text, in a record. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly title: string;
  readonly cause: string;
  readonly fault: Fault;
  readonly component: string;
  readonly next: string;
  readonly callId?: string;
  readonly excerpt?: string;
}

export function reportOf(error: WherryError, callId?: string): ErrorReport {
  return {
    code: error.code,
    title: error.title,
    cause: error.message,
    fault: error.fault,
    component: error.component,
    next: error.next,
    ...(callId === undefined ? {} : { callId }),
    ...(error.excerpt === undefined ? {} : { excerpt: error.excerpt }),
  };
}
