import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WherryError } from '@wherry/core/errors';
import { encodeError } from '@wherry/wire/error-answer';

/** The answer of a small listener that refuses: the error as it is told everywhere, and the end of the connection. */
export function answerError(request: IncomingMessage, response: ServerResponse, error: WherryError): void {
  const { status, headers, body } = encodeError(error, request.headers.accept);
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}
