import type { AnswerSink, ForwardFailure, Forwarding, Headers } from '@wherry/core/ports/forwarder';
import type { SideConnection } from './side-connection.ts';

/** A call on a side connection; it may be cancelled before the connection stands. */
export class SideForwarding implements Forwarding {
  readonly #answer: AnswerSink;
  #side: SideConnection | undefined;
  #cancelled = false;

  constructor(answer: AnswerSink) {
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
        if (!this.#cancelled)
          this.#answer.failed({ kind: 'unreachable', sent: false, reason: error.message });
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
