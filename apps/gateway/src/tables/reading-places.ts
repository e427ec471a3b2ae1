import type { ServerResponse } from 'node:http';
import { WherryError } from '@wherry/core/errors';

/** A few readers must not keep the disk from everybody else, nor one token the tables from the others. */
const mostAtOnce = 8;
const mostOfOne = 4;
const underWay: string[] = [];

/** Takes a place for reading much, which is free again when the answer has ended or its reader is gone; then the signal fires. Throws `exports_busy`. */
export function takePlace(token: string, response: ServerResponse): AbortSignal {
  const own = underWay.filter((name) => name === token).length;
  if (own >= mostOfOne) throw busy(`${own} tables are being read with the token ${token} already`);
  if (underWay.length >= mostAtOnce) throw busy(`${underWay.length} tables are being read already`);
  underWay.push(token);
  const gone = new AbortController();
  response.once('close', () => {
    underWay.splice(underWay.indexOf(token), 1);
    gone.abort();
  });
  return gone.signal;
}

const busy = (cause: string): WherryError =>
  new WherryError('exports_busy', cause, { component: 'gateway', retryAfterS: 10 });
