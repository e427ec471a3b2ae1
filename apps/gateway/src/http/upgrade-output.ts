import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WherryError } from '@wherry/core/errors';
import type { BodySink, BodySource } from '@wherry/core/ports/body';
import type { Headers } from '@wherry/core/ports/forwarder';
import type { Call, CallOutput } from '@wherry/engine/invoke/call';
import { encodeError } from '@wherry/wire/error-answer';
import { ours } from './response-output.ts';

/** The answer to a call that wants another protocol, written to the bare connection: 101 and then bytes, or any other answer and the end. */
export class UpgradeOutput implements CallOutput {
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #servedBy: string;
  call: Call | undefined;

  readonly #over: () => void;
  #counted = true;

  /** `over` is called once nobody need be waited for: it has begun, or has ended without that. */
  constructor(request: IncomingMessage, socket: Duplex, servedBy: string, over: () => void) {
    this.#request = request;
    this.#socket = socket;
    this.#servedBy = servedBy;
    this.#over = over;
    socket.on('drain', () => this.call?.resume());
    socket.on('error', () => socket.destroy());
    // Nobody converses with half a connection; kept open, it would be for ever.
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.#letGo();
      this.call?.cancel('caller_gone');
    });
  }

  whole(status: number, headers: Headers, body: Uint8Array): void {
    this.#head(status, [...without(headers, 'content-length'), 'Content-Length', String(body.length)]);
    this.#socket.end(body);
  }

  head(status: number, headers: Headers): void {
    this.#head(status, headers);
  }

  chunk(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  cut(): void {
    this.#socket.destroy();
  }

  error(error: WherryError, call: Call): void {
    const { status, headers, body } = encodeError(
      error,
      this.#request.headers.accept,
      call.input.alias ?? call.id,
    );
    const length = String(Buffer.byteLength(body));
    this.#head(status, [
      ...Object.entries(headers).flat(),
      'Content-Length',
      length,
      'X-OpenFaaS-Internal',
      'wherry',
    ]);
    this.#socket.end(body);
  }

  #head(status: number, headers: Headers): void {
    const call = this.call as Call;
    const upgrade = call.input.upgrade ?? '';
    const own = status === 101 ? ['Connection', 'Upgrade', 'Upgrade', upgrade] : ['Connection', 'close'];
    const said = headers.filter((_, i) => !ours(headers[i - (i % 2)] as string));
    const all = [...own, ...said, 'X-Call-Id', call.input.alias ?? call.id, 'X-Served-By', this.#servedBy];
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    for (let i = 0; i + 1 < all.length; i += 2) text += `${all[i]}: ${all[i + 1]}\r\n`;
    this.#socket.write(`${text}\r\n`, 'latin1');
    // A conversation may go on for days: a gateway that stops ends it with the function.
    if (status === 101) this.#letGo();
  }

  #letGo(): void {
    if (this.#counted) this.#over();
    this.#counted = false;
  }
}

function without(headers: Headers, name: string): string[] {
  return headers.filter((_, i) => headers[i - (i % 2)]?.toLowerCase() !== name);
}

/** What the caller sends from now on, as a body without a known end. `first` came with the head. */
export class SocketSource implements BodySource {
  readonly length = undefined;
  readonly #socket: Duplex;
  readonly #first: Uint8Array;

  constructor(socket: Duplex, first: Uint8Array) {
    this.#socket = socket;
    this.#first = first;
  }

  start(sink: BodySink): void {
    let over = false;
    const once = (tell: () => void): void => {
      if (!over) tell();
      over = true;
    };
    if (this.#first.length > 0) sink.chunk(this.#first);
    this.#socket.on('data', (piece: Buffer) => sink.chunk(piece));
    this.#socket.on('end', () => once(() => sink.end()));
    this.#socket.on('close', () => once(() => sink.fail(new Error('the connection was closed'))));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  cancel(): void {}
}
