import type { AnswerSink, ForwardFailure, Forwarding, Headers } from '@wherry/core/ports/forwarder';
import type { SideConnection } from './side-connection.ts';

/** What a connection that never stood means for the call: nothing of it has reached the instance, or its answer had begun. */
const missed = {
  call: { kind: 'unreachable', sent: false },
  fetch: { kind: 'lost', sent: true },
} as const;

/** A call on a side connection, or the fetch of an answer; it may be cancelled before the connection stands. */
export class SideForwarding implements Forwarding {
  readonly #what: keyof typeof missed;
  readonly #answer: AnswerSink;
  #side: SideConnection | undefined;
  #cancelled = false;

  constructor(what: keyof typeof missed, answer: AnswerSink) {
    this.#what = what;
    this.#answer = answer;
  }

  run(taken: Promise<SideConnection>, begin: (side: SideConnection) => void): void {
    taken.then(
      (side) => {
        this.#side = side;
        begin(side);
        if (this.#cancelled) side.cancel();
      },
      (error: Error) => {
        if (!this.#cancelled) this.#answer.failed({ ...missed[this.#what], reason: error.message });
        this.#answer.settled();
      },
    );
  }

  cancel(): void {
    this.#cancelled = true;
    this.#side?.cancel();
  }

  resume(): void {
    this.#side?.resume();
  }
}

/** The same sink, and somebody else who wants to know when all is over. */
export class EndOf implements AnswerSink {
  readonly #answer: AnswerSink;
  readonly #over: () => void;

  constructor(answer: AnswerSink, over: () => void) {
    this.#answer = answer;
    this.#over = over;
  }

  whole(...said: Parameters<AnswerSink['whole']>): void {
    this.#answer.whole(...said);
  }

  head(status: number, headers: Headers): void {
    this.#answer.head(status, headers);
  }

  chunk(bytes: Uint8Array): boolean {
    return this.#answer.chunk(bytes);
  }

  end(): void {
    this.#answer.end();
  }

  failed(failure: ForwardFailure): void {
    this.#answer.failed(failure);
  }

  settled(): void {
    this.#over();
    this.#answer.settled();
  }
}
