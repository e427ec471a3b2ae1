import type { Capture, CapturedBody } from '@wherry/core/capture';
import { type BodySource, isWhole } from '@wherry/core/ports/body';
import type { Headers } from '@wherry/core/ports/forwarder';
import { type Capturing, pathWithoutCredentials, withoutCredentials } from '@wherry/core/rules/capturing';
import type { Call } from '../invoke/call.ts';
import { beginningOf, Reel, type ReelRoom } from './reel.ts';

const nothing: CapturedBody = { kept: new Uint8Array(0), bytes: 0, cut: false };

/** Runs along with a call whose function asked for its bodies. Nothing here holds up what passes by. */
export class Tape {
  readonly #rule: Capturing;
  readonly #most: number;
  readonly #room: ReelRoom;
  #request: Reel | undefined;
  #headers: Headers = [];
  #answer: Reel | undefined;
  #whole: Uint8Array | undefined;

  constructor(rule: Capturing, mostBytes: number, room: ReelRoom) {
    this.#rule = rule;
    this.#most = mostBytes;
    this.#room = room;
  }

  /** The same body, and what it says is noted on the way. */
  request(source: BodySource): BodySource {
    const reel = new Reel(this.#most, this.#room);
    this.#request = reel;
    return {
      length: source.length,
      start: (sink) =>
        source.start({
          chunk: (piece) => {
            reel.add(piece);
            return sink.chunk(piece);
          },
          end: () => sink.end(),
          fail: (reason) => sink.fail(reason),
        }),
      pause: () => source.pause(),
      resume: () => source.resume(),
      cancel: () => source.cancel(),
    };
  }

  head(status: number, headers: Headers): void {
    this.#headers = headers;
    this.#answer?.drop();
    // Of a conversation only how it began is kept.
    this.#answer = status === 101 ? undefined : new Reel(this.#most, this.#room);
  }

  chunk(bytes: Uint8Array): void {
    this.#answer?.add(bytes);
  }

  whole(headers: Headers, body: Uint8Array): void {
    this.#headers = headers;
    this.#whole = body;
  }

  /** What is to be kept of the call, now that it is over; undefined where nothing is. */
  over(call: Call, at: number): Capture | undefined {
    const failed = call.error !== undefined || call.faulted || call.status >= 500;
    const { fleet } = call;
    if (fleet === undefined || (this.#rule === 'failures' && !failed)) return undefined;
    const { input, error } = call;
    const path = pathWithoutCredentials(input.path);
    const asked = withoutCredentials(input.headers);
    const answered = withoutCredentials(this.#headers);
    return {
      ...{ id: call.id, deployment: fleet.key, at },
      ...(input.queued === undefined ? {} : { attempt: input.queued.attempt }),
      request: {
        ...{ method: input.method, path: path.path, headers: asked.headers, body: this.#requestBody(call) },
        withheld: [...asked.withheld, ...path.withheld],
      },
      answer: {
        ...{ status: call.status, headers: answered.headers, withheld: answered.withheld },
        body:
          this.#whole === undefined ? (this.#answer?.body ?? nothing) : beginningOf(this.#whole, this.#most),
        ...(error === undefined ? {} : { error: `${error.code}: ${error.message}` }),
      },
    };
  }

  /** Gives back what it holds. */
  drop(): void {
    this.#request?.drop();
    this.#answer?.drop();
  }

  #requestBody({ input }: Call): CapturedBody {
    if (isWhole(input.body)) return beginningOf(input.body, this.#most);
    // One that nobody began to read: how long it was to be is all that is known.
    if (this.#request === undefined) {
      const bytes = input.body.length ?? 0;
      return { ...nothing, bytes, cut: bytes > 0 || input.body.length === undefined };
    }
    const body = this.#request.body;
    const { length } = input.body;
    return length === undefined || length <= body.bytes ? body : { ...body, bytes: length, cut: true };
  }
}
