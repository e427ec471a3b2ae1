import type { Socket } from 'node:net';

/** Joins two connections: what one says the other hears, each may end its half, and where one breaks the other is told so. */
export function splice(one: Socket, other: Socket): void {
  join(one, other);
  join(other, one);
}

function join(from: Socket, to: Socket): void {
  from.setNoDelay(true);
  from.pipe(to);
  // An end that was not said must not look like one: half of an answer would be taken for the whole.
  from.once('close', () => {
    if (!from.readableEnded || from.errored !== null) to.resetAndDestroy();
  });
}
