import type { WherryError } from '@wherry/core/errors';
import type { Headers } from '@wherry/core/ports/forwarder';
import type { CallResult } from '@wherry/core/queued-call';
import type { AttemptEnd } from '@wherry/core/rules/retry-verdict';
import type { CallOutput } from '../invoke/call.ts';

const mostHeld = 64 * 2 ** 20;

/** Room for answers that are in memory together. */
export class AnswerRoom {
  #held = 0;

  /** False where there is none for so many bytes more. */
  take(bytes: number): boolean {
    if (this.#held + bytes > mostHeld) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Takes the answer to a call that nobody waits for, as much of it as is kept. */
export class Delivery implements CallOutput {
  readonly #mostBytes: number;
  readonly #room: AnswerRoom;
  #held = 0;
  #cut = false;
  readonly #pieces: Uint8Array[] = [];
  #status = 0;
  #headers: Headers = [];
  #bytes = 0;
  #error: WherryError | undefined;
  #broken = false;

  constructor(mostBytes: number, room: AnswerRoom) {
    this.#mostBytes = mostBytes;
    this.#room = room;
  }

  whole(status: number, headers: Headers, body: Uint8Array): void {
    this.head(status, headers);
    this.chunk(body);
  }

  head(status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  chunk(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length;
    if (this.#cut) return true;
    if (this.#bytes <= this.#mostBytes && this.#room.take(bytes.length)) {
      this.#held += bytes.length;
      this.#pieces.push(bytes);
    } else {
      this.#cut = true;
      this.drop();
    }
    return true;
  }

  end(): void {
    // What came is all of it.
  }

  cut(): void {
    this.#broken = true;
  }

  error(error: WherryError): void {
    this.#error = error;
  }

  /** Once it is kept, or where it is not. */
  drop(): void {
    this.#room.give(this.#held);
    this.#held = 0;
    this.#pieces.length = 0;
  }

  /** How it ended. `late`: what went wrong after the answer had begun. */
  ended(late: WherryError | undefined): AttemptEnd & { readonly cause: string } {
    const error = this.#error ?? (this.#broken ? late : undefined);
    if (error !== undefined) {
      const wait = error.retryAfterS === undefined ? {} : { retryAfterMs: error.retryAfterS * 1000 };
      return { status: error.status, error: error.code, ...wait, cause: error.message };
    }
    const retryAfter = secondsOf(this.#headers);
    return {
      status: this.#status,
      ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1000 }),
      cause: `it answered ${this.#status}`,
    };
  }

  get result(): CallResult {
    const cut = this.#cut;
    const body = this.#pieces.length === 1 ? (this.#pieces[0] as Uint8Array) : joined(this.#pieces);
    return { status: this.#status, headers: this.#headers, body, ...(cut ? { cut } : {}) };
  }
}

/** Retry-After in seconds (RFC 9110 section 10.2.3); a date is rare and left to the usual wait. */
function secondsOf(headers: Headers): number | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if ((headers[i] as string).toLowerCase() !== 'retry-after') continue;
    const text = headers[i + 1] as string;
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  }
  return undefined;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
