import { open } from 'node:fs/promises';
import { WherryError } from '@wherry/core/errors';

const mostBytes = 256 * 2 ** 20;
/** Whoever is slower than this holds a place that others wait for. */
const leastBytesPerSecond = 64 * 1024;
const graceMs = 10_000;
const component = 'builder';

/**
 * Writes an upload to a file, with every piece shown to `seen` too. Reads no more of it once it is refused, and leaves its
 * connection open for the answer if returning from the iterator does. Throws `body_too_large`, `request_slow`.
 */
export async function spool(
  body: AsyncIterable<Uint8Array>,
  to: string,
  seen: (piece: Uint8Array) => void,
): Promise<void> {
  const file = await open(to, 'wx', 0o600);
  const pace = new Pace();
  try {
    const pieces = body[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await pace.within(pieces.next());
      if (done === true) return;
      pace.bytes += value.length;
      if (pace.bytes > mostBytes)
        throw new WherryError('body_too_large', `more than ${mostBytes} bytes`, { component });
      seen(value);
      await file.writeFile(value);
    }
  } finally {
    pace.stop();
    await file.close();
  }
}

/** Watches how fast something comes. */
class Pace {
  bytes = 0;
  readonly #began = performance.now();
  readonly #slow = Promise.withResolvers<never>();
  readonly #timer = setInterval(() => this.#look(), 1_000);

  constructor() {
    this.#slow.promise.catch(() => undefined);
  }

  /** The same promise, as long as the pace is kept. Throws `request_slow`. */
  within<T>(next: Promise<T>): Promise<T> {
    // It may fail after nobody waits for it any more.
    next.catch(() => undefined);
    return Promise.race([next, this.#slow.promise]);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const ms = performance.now() - this.#began;
    if (ms < graceMs || this.bytes >= (leastBytesPerSecond * ms) / 1000) return;
    const message = `less than ${leastBytesPerSecond / 1024} KiB a second`;
    this.#slow.reject(new WherryError('request_slow', message, { component }));
  }
}
