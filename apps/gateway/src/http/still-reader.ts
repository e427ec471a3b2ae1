import type { ServerResponse } from 'node:http';
import type { Clock } from '@wherry/core/ports/clock';

/** Whoever takes nothing for so long, or up to once more as long, is gone. */
export const longestStillMs = 60_000;

/** Ends the connection of a reader that does not take what waits for it: it holds a place that others wait for. */
export function endWhenStill(response: ServerResponse, clock: Pick<Clock, 'every'>): void {
  let taken = true;
  response.on('drain', () => (taken = true));
  const stop = clock.every(longestStillMs, () => {
    if (!taken && response.writableNeedDrain) response.req.socket.destroy();
    taken = false;
  });
  response.once('close', stop);
}
