import type { Loaded } from '@wherry/core/instance';
import { isWhole, type Body } from '@wherry/core/ports/body';
import type { Clock } from '@wherry/core/ports/clock';
import type { AnswerSink, Assignment, Channel, ForwardFailure, Forwarding, ForwardRequest, Headers } from '@wherry/core/ports/forwarder';

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
  | { readonly status: number; readonly headers?: Headers; readonly body?: Uint8Array; readonly faulted?: boolean; readonly afterMs?: number }
  | { readonly status: number; readonly headers?: Headers; readonly chunks: readonly Uint8Array[]; readonly afterMs?: number }
  | { readonly failure: ForwardFailure; readonly afterMs?: number }
  | 'never';

export type Script = (call: ScriptedCall) => ScriptedAnswer;

interface Surroundings {
  readonly clock: Clock;
  readonly at: string;
  script: Script;
  seen(call: ScriptedCall): void;
  alive(): boolean;
  gone(): void;
  lost(): void;
}

/** One scripted connection. Made by FakeForwarder. */
export class FakeChannel implements Channel {
  readonly loads: Assignment[] = [];
  /** Thrown by the next `load`. */
  loadFailure: unknown;
  loaded: Loaded = { signature: 'event', concurrency: 100 };
  stopped = false;
  closed = false;
  readonly #around: Surroundings;
  readonly #inFlight = new Set<FakeCall>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  async load(assignment: Assignment): Promise<Loaded> {
    this.loads.push(assignment);
    if (this.loadFailure !== undefined) throw this.loadFailure;
    return this.loaded;
  }

  forward(request: ForwardRequest, answer: AnswerSink): Forwarding {
    const call = new FakeCall(answer, this.#around.clock, () => this.#inFlight.delete(call));
    this.#inFlight.add(call);
    if (this.stopped || this.closed) {
      queueMicrotask(() => call.fail({ kind: 'unreachable', sent: false, reason: 'the instance is stopping' }));
      return call;
    }
    collect(request.body).then(
      (body) => {
        const { method, path, headers } = request;
        const seen = { at: this.#around.at, method, path, headers, body };
        this.#around.seen(seen);
        call.play(this.#around.script(seen));
      },
      (reason: Error) => call.fail({ kind: 'lost', sent: true, reason: reason.message }),
    );
    return call;
  }

  async ping(): Promise<boolean> {
    return this.#around.alive() && !this.closed;
  }

  stop(): void {
    this.stopped = true;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#around.gone();
    for (const call of [...this.#inFlight]) call.fail({ kind: 'lost', sent: true, reason: 'the connection ended' });
  }

  /** The other side goes away. */
  break(): void {
    this.close();
    this.#around.lost();
  }
}

/** One call in flight: whatever happens, the sink hears its end once and `settled` last. */
class FakeCall implements Forwarding {
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
      this.#answer.whole(answer.status, answer.headers ?? [], answer.body ?? new Uint8Array(0), answer.faulted ?? false);
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

function collect(body: Body): Promise<Buffer> {
  if (isWhole(body)) return Promise.resolve(Buffer.from(body));
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    body.start({
      chunk: (bytes) => chunks.push(bytes) > 0,
      end: () => resolve(Buffer.concat(chunks)),
      fail: reject,
    });
  });
}
