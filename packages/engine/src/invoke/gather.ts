import { WherryError } from '@wherry/core/errors';
import { type BodySource, isWhole } from '@wherry/core/ports/body';
import type { Clock } from '@wherry/core/ports/clock';
import { tooLarge } from './admit.ts';
import type { Call } from './call.ts';
import type { Stage } from './pipeline.ts';

/** A body that takes longer than this is an attack or a dead line. */
const gatherMs = 60_000;
/** Bodies on their way in together: what is kept has to be held first. */
const mostBytes = 128 * 2 ** 20;

/** Waits until the whole body is here: what is put on disk is put there in one piece. Only for those who were let in. */
export function gather({ bodies }: { readonly bodies: HeldBodies }): Stage {
  return (call, next) => bodies.hold(call, () => next(call));
}

/** Bodies that have to be whole before anything is done with them: for all doors together no more than fit. */
export class HeldBodies {
  readonly #clock: Clock;
  #held = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Goes on once the body of a call is whole, of at most `mostBytesIn`. Throws `body_too_large`, `request_slow`, `queue_unavailable`, `caller_gone`. */
  async hold(call: Call, then: () => Promise<void>): Promise<void> {
    const { body } = call.input;
    if (isWhole(body)) return then();
    let mine = 0;
    // By what has come, not by what may: whoever says much and sends little takes no room from others.
    const took = (bytes: number): boolean => {
      mine += bytes;
      this.#held += bytes;
      return this.#held <= mostBytes;
    };
    try {
      call.input = { ...call.input, body: await whole(call, body, this.#clock, took) };
      await then();
    } finally {
      this.#held -= mine;
    }
  }
}

function whole(
  call: Call,
  body: BodySource,
  clock: Clock,
  took: (bytes: number) => boolean,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const over = (act: () => void): void => {
      stop();
      call.running = undefined;
      body.cancel();
      act();
    };
    const fail = (error: Error): void => over(() => reject(error));
    const stop = clock.after(gatherMs, () =>
      fail(
        new WherryError('request_slow', `the body took more than ${gatherMs / 1000} s`, {
          component: 'gateway',
        }),
      ),
    );
    call.running = { cancel: () => fail(gone()), resume() {} };
    body.start({
      chunk(piece) {
        bytes += piece.length;
        call.bytesIn = bytes;
        const room = took(piece.length);
        if (bytes > call.mostBytesIn) fail(tooLarge(call));
        else if (!room) fail(crowded());
        else pieces.push(piece);
        return true;
      },
      end: () => over(() => resolve(joined(pieces, bytes))),
      fail: () => fail(gone()),
    });
  });
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function crowded(): WherryError {
  return new WherryError('queue_unavailable', 'too many large bodies are coming in', {
    component: 'queue',
    retryAfterS: 1,
  });
}

function gone(): WherryError {
  return new WherryError('caller_gone', 'the connection was closed before the body was complete', {
    component: 'engine',
  });
}
