import type { Socket } from 'node:net';

/** One that has ended its half and says nothing more for so long is forgotten. */
const halfOpenMs = 300_000;
/** A read of so much means that there is more. */
const bulkBytes = 32 * 1024;
const atOnce = 8;

/**
 * Who has much to say gets its turn after everybody else: a few reads in each turn of the loop, whoever they are for. What is small is
 * passed on as it comes.
 */
export class Turns {
  readonly #waiting: Socket[] = [];
  #scheduled = false;

  wait(socket: Socket): void {
    socket.pause();
    this.#waiting.push(socket);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const socket of this.#waiting.splice(0, atOnce)) socket.resume();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}

/** Joins two connections: what one says the other hears, each may end its half, and where one breaks the other is told so. */
export function splice(one: Socket, other: Socket, turns: Turns): void {
  join(one, other, turns);
  join(other, one, turns);
}

function join(from: Socket, to: Socket, turns: Turns): void {
  from.setNoDelay(true);
  from.on('data', (bytes: Buffer) => {
    if (!to.write(bytes)) from.pause();
    else if (bytes.length >= bulkBytes) turns.wait(from);
  });
  to.on('drain', () => turns.wait(from));
  from.once('end', () => {
    to.end();
    from.setTimeout(halfOpenMs, () => from.destroy());
    to.setTimeout(halfOpenMs, () => to.destroy());
  });
  // An end that was not said must not look like one: half of an answer would be taken for the whole.
  from.once('close', () => {
    if (!from.readableEnded || !from.writableFinished || from.errored !== null) to.resetAndDestroy();
  });
}
