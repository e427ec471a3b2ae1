import type { Clock } from '@wherry/core/ports/clock';
import type { Ids } from '@wherry/core/ports/ids';

/** Identifiers that count: the same run gives the same ones. Call ids carry the time of the clock, as real ones do. */
export function countingIds(clock?: Pick<Clock, 'now'>): Ids {
  let calls = 0;
  let names = 0;
  let secrets = 0;
  let spans = 0;
  return {
    callId() {
      const time = Math.floor(clock?.now() ?? 0)
        .toString(16)
        .padStart(12, '0')
        .slice(-12);
      const count = (++calls).toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
    },
    shortId: () => `i${++names}`,
    spanId: () => (++spans).toString(16).padStart(16, '0'),
    secret: () => `secret-${++secrets}-`.padEnd(43, 'x'),
  };
}
