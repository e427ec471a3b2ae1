import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowedOrigin, type Cors } from '@wherry/core/rules/access-rules';

/** How long a browser may remember what it was allowed. */
const rememberS = 600;

/** Whether a browser asks beforehand, for a page of another origin (the Fetch standard, "CORS-preflight request"). */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

/** Answers such a question in the place of the function, which is not called for it. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, cors: Cors): void {
  const allowed = headersFor(cors, request);
  const asked = request.headers['access-control-request-headers'];
  if (allowed.length > 2) {
    allowed.push('Access-Control-Allow-Methods', String(request.headers['access-control-request-method']));
    if (asked !== undefined) allowed.push('Access-Control-Allow-Headers', asked);
    allowed.push('Access-Control-Max-Age', String(rememberS));
  }
  response.writeHead(204, allowed);
  response.end();
}

/** What an answer says to the page that asked; only `Vary` where it may not read it. */
export function headersFor(cors: Cors, { headers }: IncomingMessage): string[] {
  const out = ['Vary', 'Origin'];
  const { origin } = headers;
  const allowed = origin === undefined ? undefined : allowedOrigin(cors, origin);
  if (allowed === undefined) return out;
  out.push('Access-Control-Allow-Origin', allowed, 'Access-Control-Expose-Headers', 'X-Call-Id');
  if (cors.credentials) out.push('Access-Control-Allow-Credentials', 'true');
  return out;
}

/** Headers that the function would say of itself: where the gateway answers for it, only one of them must. */
export function isCorsHeader(name: string): boolean {
  return name.length > 21 && name.toLowerCase().startsWith('access-control-');
}
