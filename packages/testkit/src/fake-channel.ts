import type { Loaded } from '@wherry/core/instance';
import { isWhole, type Body } from '@wherry/core/ports/body';
import type { Clock } from '@wherry/core/ports/clock';
import type {
  AnswerSink,
  Assignment,
  Channel,
  Forwarding,
  ForwardRequest,
} from '@wherry/core/ports/forwarder';
import { FakeCall, type Script, type ScriptedCall } from './fake-call.ts';

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
      queueMicrotask(() =>
        call.fail({ kind: 'unreachable', sent: false, reason: 'the instance is stopping' }),
      );
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
    for (const call of [...this.#inFlight])
      call.fail({ kind: 'lost', sent: true, reason: 'the connection ended' });
  }

  /** The other side goes away. */
  break(): void {
    this.close();
    this.#around.lost();
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
