import { catalogue, reportOf, type ErrorCode, type ErrorReport, type WherryError } from '@wherry/core/errors';

/**
 * Every answer that is a failure of ours carries its code in this header, so that a caller can tell it from what a function
 * answered. The gateway takes the header off what functions answer.
 */
export const errorHeader = 'x-wherry-error';

/** A failure as it goes over HTTP. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** JSON for clients that ask for it, text for those that show bodies to people (OpenFaaS's CLI, curl). */
export function encodeError(error: WherryError, accept: string | undefined, callId?: string): ErrorAnswer {
  const report = reportOf(error, callId);
  const json = accept?.toLowerCase().includes('application/json') ?? false;
  return {
    status: error.status,
    headers: {
      'content-type': json ? 'application/json' : 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      [errorHeader]: error.code,
      ...(error.retryAfterS === undefined ? {} : { 'retry-after': String(error.retryAfterS) }),
    },
    body: json ? `${JSON.stringify({ error: report })}\n` : errorText(report),
  };
}

/** A few lines: what (code), why, what to do, which call, and the excerpt under it. */
export function errorText(report: ErrorReport): string {
  const lines = [`${report.title} (${report.code})`, report.cause, `Next: ${report.next}`];
  if (report.callId !== undefined) lines.push(`Call: ${report.callId}`);
  if (report.excerpt !== undefined) lines.push('', report.excerpt.trimEnd());
  return `${lines.join('\n')}\n`;
}

/** What a failing answer's body says, in either form; undefined where it isn't one of ours. */
export function decodeError(contentType: string, body: string, code?: string): ErrorReport | undefined {
  return contentType.includes('json') ? fromJson(body) : fromText(body, code);
}

function fromJson(body: string): ErrorReport | undefined {
  try {
    const answer = JSON.parse(body) as
      | ({ error?: Partial<ErrorReport> | string } & Partial<ErrorReport>)
      | null;
    // Answers to queries are as Prometheus has them: the cause is a text, and the rest stands beside it.
    const error = typeof answer?.error === 'string' ? { ...answer, cause: answer.error } : answer?.error;
    if (typeof error?.code !== 'string' || typeof error.cause !== 'string') return undefined;
    // A newer gateway may know codes that we don't; what it says of them is all that is needed.
    return { title: error.code, fault: 'wherry', component: 'gateway', next: '', ...error } as ErrorReport;
  } catch {
    return undefined;
  }
}

function fromText(body: string, code: string | undefined): ErrorReport | undefined {
  const first = /^(.*) \(([a-z_]+)\)$/.exec(body.split('\n', 1)[0] ?? '');
  if (first === null || code === undefined || first[2] !== code) return undefined;
  const rest = body.slice(first[0].length + 1);
  // The cause may have several lines; the next step is the last line that says so before the excerpt.
  const parts = /^([\s\S]*?)\nNext: (.*)\n(?:Call: (.*)\n)?(?:\n([\s\S]*)\n)?$/.exec(rest);
  if (parts === null) return undefined;
  const known = Object.hasOwn(catalogue, code) ? catalogue[code as ErrorCode] : undefined;
  return {
    code: code as ErrorCode,
    title: first[1] ?? code,
    cause: parts[1] ?? '',
    fault: known?.fault ?? 'wherry',
    component: 'gateway',
    next: parts[2] ?? '',
    ...(parts[3] === undefined ? {} : { callId: parts[3] }),
    ...(parts[4] === undefined ? {} : { excerpt: parts[4] }),
  };
}
