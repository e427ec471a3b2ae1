import type { ErrorReport } from '@wherry/core/errors';
import { decodeError, errorHeader } from './error-answer.ts';
import { headerOf, wholeBody, type TransportAnswer } from './transport.ts';

/** What a client knows of a failure: what the gateway said, or what kept it from saying anything. */
export interface ClientReport extends Omit<ErrorReport, 'code'> {
  /** A code of the catalogue, or one of the client's: unreachable, timed_out, interrupted, garbled_answer, http_STATUS. */
  readonly code: string;
}

export class ClientError extends Error {
  readonly report: ClientReport;
  /** Of the answer, where there was one. */
  readonly status: number | undefined;

  constructor(report: ClientReport, status?: number, cause?: unknown) {
    super(report.cause, { cause });
    this.name = 'ClientError';
    this.report = report;
    this.status = status;
  }

  /** The same failure, with lines to show under it. */
  withExcerpt(excerpt: string): ClientError {
    return new ClientError({ ...this.report, excerpt }, this.status, this.cause);
  }
}

/** Which gateway, and who said that it is this one (a flag, a variable, a file, the default). */
export interface Target {
  readonly url: string;
  readonly origin: string;
}

const mostErrorBytes = 256 * 1024;

/** The failure that a whole answer spells: ours in full, anybody else's with the beginning of its body. */
export async function errorOfAnswer(target: Target, answer: TransportAnswer): Promise<ClientError> {
  const body = await wholeBody(answer.body, mostErrorBytes).catch(() => '');
  const ours = decodeError(headerOf(answer, 'content-type') ?? '', body, headerOf(answer, errorHeader));
  const callId = headerOf(answer, 'x-call-id');
  if (ours !== undefined)
    return new ClientError({ ...(callId === undefined ? {} : { callId }), ...ours }, answer.status);
  const said = body.trim();
  return new ClientError(
    {
      code: `http_${answer.status}`,
      title: `${where(target)} answered ${answer.status}`,
      cause: said === '' ? 'with nothing else' : said.length > 500 ? `${said.slice(0, 500)}…` : said,
      fault: 'operator',
      component: 'client',
      next:
        answer.status === 401
          ? 'Send a token: wherry login, or --token.'
          : 'See whether this is the address of the gateway: wherry doctor',
      ...(callId === undefined ? {} : { callId }),
    },
    answer.status,
  );
}

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host name',
  EAI_AGAIN: 'the host name cannot be looked up',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no network',
  ETIMEDOUT: 'the connection timed out',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is unknown here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is unknown here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS there; try http://',
};

/** The failure where there was no answer. */
export function errorOfConnection(target: Target, thrown: unknown): ClientError {
  const failure = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (failure.name === 'TimeoutError') {
    return connectionError(
      'timed_out',
      'No answer in time',
      `${where(target)} did not answer in time`,
      'Retry, or see how it is: wherry doctor',
      thrown,
    );
  }
  if (failure.name === 'AbortError')
    return connectionError('interrupted', 'Interrupted', 'the request was called off', '', thrown);
  const code = codeOf(failure);
  const why = meanings[code] ?? (failure.message || code);
  const next =
    code.includes('CERT') || code.includes('VERIFY')
      ? 'Trust its authority (NODE_EXTRA_CA_CERTS), or --tls-no-verify.'
      : unreachableNext(target);
  return connectionError(
    'unreachable',
    'The gateway cannot be reached',
    `${where(target)}: ${why}`,
    next,
    thrown,
  );
}

function unreachableNext(target: Target): string {
  const { hostname } = URL.canParse(target.url) ? new URL(target.url) : { hostname: '' };
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return local ? 'Start it: wherry server' : 'Check the address; --gateway or WHERRY_URL names another.';
}

function connectionError(
  code: string,
  title: string,
  cause: string,
  next: string,
  thrown: unknown,
): ClientError {
  return new ClientError(
    { code, title, cause, fault: 'operator', component: 'client', next },
    undefined,
    thrown,
  );
}

/** Node hides the system's code in a cause, or in the first of several. */
function codeOf(error: Error): string {
  const { code, cause, errors } = error as Error & { code?: string; errors?: Error[] };
  if (typeof code === 'string' && code !== '') return code;
  const inner = cause instanceof Error ? cause : errors?.[0];
  return inner === undefined ? '' : codeOf(inner);
}

function where(target: Target): string {
  return `${target.url} (from ${target.origin})`;
}
