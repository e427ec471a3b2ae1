import type { Clock } from '@wherry/core/ports/clock';
import type { AnswerSink, ForwardFailure, Forwarding, Headers } from '@wherry/core/ports/forwarder';

/** A call as the script sees it. `at` is the instance's path or host:port. */
export interface ScriptedCall {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** What an instance does with a call: answers whole, answers in chunks, fails, or (`never`) holds it for ever. */
export type ScriptedAnswer =
  | {
      readonly status: number;
      readonly headers?: Headers;
      readonly body?: Uint8Array;
      readonly faulted?: boolean;
      readonly afterMs?: number;
    }
  | {
      readonly status: number;
      readonly headers?: Headers;
      readonly chunks: readonly Uint8Array[];
      readonly afterMs?: number;
    }
  | { readonly failure: ForwardFailure; readonly afterMs?: number }
  | 'never';

export type Script = (call: ScriptedCall) => ScriptedAnswer;

/** One call in flight: whatever happens, the sink hears its end once and `settled` last. */
export class FakeCall implements Forwarding {
  readonly #answer: AnswerSink;
  readonly #clock: Clock;
  readonly #done: () => void;
  #over = false;
  #next: (() => void) | undefined;

  constructor(answer: AnswerSink, clock: Clock, done: () => void) {
    this.#answer = answer;
    this.#clock = clock;
    this.#done = done;
  }

  play(answer: ScriptedAnswer): void {
    if (answer === 'never' || this.#over) return;
    if (answer.afterMs === undefined) this.#give(answer);
    else this.#clock.after(answer.afterMs, () => this.#give(answer));
  }

  #give(answer: Exclude<ScriptedAnswer, 'never'>): void {
    if (this.#over) return;
    if ('failure' in answer) return this.fail(answer.failure);
    if (!('chunks' in answer)) {
      this.#answer.whole(
        answer.status,
        answer.headers ?? [],
        answer.body ?? new Uint8Array(0),
        answer.faulted ?? false,
      );
      return this.#settle();
    }
    this.#answer.head(answer.status, answer.headers ?? []);
    this.#stream([...answer.chunks]);
  }

  #stream(chunks: Uint8Array[]): void {
    this.#next = undefined;
    for (let chunk = chunks.shift(); chunk !== undefined && !this.#over; chunk = chunks.shift()) {
      if (!this.#answer.chunk(chunk) && !this.#over) {
        this.#next = () => this.#stream(chunks);
        return;
      }
    }
    if (this.#over) return;
    this.#answer.end();
    this.#settle();
  }

  fail(failure: ForwardFailure): void {
    if (this.#over) return;
    this.#answer.failed(failure);
    this.#settle();
  }

  cancel(): void {
    if (!this.#over) this.#settle();
  }

  resume(): void {
    this.#next?.();
  }

  #settle(): void {
    if (this.#over) return;
    this.#over = true;
    this.#done();
    this.#answer.settled();
  }
}
