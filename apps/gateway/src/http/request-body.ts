import type { IncomingMessage } from 'node:http';
import { streamed } from '../machine/garbage.ts';
import type { Body, BodySink, BodySource } from '@wherry/core/ports/body';

/** Bodies up to this size are read whole before the call begins: a slow sender then holds no place in a function. */
export const wholeBodyBytes = 64 * 1024;

/** A small body that takes longer than this is an attack or a dead line. */
const smallBodyMs = 30_000;

const empty = new Uint8Array(0);

/**
 * The body of a request: whole when it is known to be small, else as it comes. `ready` is not called at all when the caller goes away
 * before a small body was complete; `slow` is called in its place when that takes too long.
 */
export function requestBody(request: IncomingMessage, ready: (body: Body) => void, slow: () => void): void {
  const length = request.headers['content-length'];
  if (length === undefined) {
    if (request.headers['transfer-encoding'] === undefined) return ready(empty);
    return ready(new RequestSource(request, undefined));
  }
  const bytes = Number(length);
  if (bytes === 0) return ready(empty);
  if (bytes > wholeBodyBytes) return ready(new RequestSource(request, bytes));
  collect(request, bytes, ready, slow);
}

function collect(
  request: IncomingMessage,
  bytes: number,
  ready: (body: Body) => void,
  slow: () => void,
): void {
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let timer: NodeJS.Timeout | undefined;
  let overdue = false;
  // Nearly every small body comes with its head, and needs no timer.
  const late = setImmediate(() => {
    timer = setTimeout(() => {
      overdue = true;
      slow();
    }, smallBodyMs);
    request.once('close', () => clearTimeout(timer));
  });
  request.on('data', (piece: Buffer) => {
    if (first === undefined) first = piece;
    else (rest ??= [first]).push(piece);
  });
  request.on('end', () => {
    clearImmediate(late);
    clearTimeout(timer);
    if (!overdue) ready(rest === undefined ? (first ?? empty) : Buffer.concat(rest, bytes));
  });
  request.on('error', () => clearImmediate(late));
}

/** A request's body as a source: paused and resumed with the connection itself. */
class RequestSource implements BodySource {
  readonly length: number | undefined;
  readonly #request: IncomingMessage;
  #sink: BodySink | undefined;

  constructor(request: IncomingMessage, length: number | undefined) {
    this.#request = request;
    this.length = length;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    const request = this.#request;
    request.on('data', (piece: Buffer) => {
      streamed(piece.length);
      this.#sink?.chunk(piece);
    });
    request.on('end', () => this.#done((to) => to.end()));
    request.on('error', (error: Error) => this.#done((to) => to.fail(error)));
    request.on('close', () => this.#done((to) => to.fail(new Error('the connection was closed'))));
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  cancel(): void {
    this.#sink = undefined;
  }

  #done(tell: (sink: BodySink) => void): void {
    const sink = this.#sink;
    this.#sink = undefined;
    if (sink !== undefined) tell(sink);
  }
}
