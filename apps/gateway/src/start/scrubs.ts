import type { Cancel, Clock } from '@wherry/core/ports/clock';

const firstMs = 600_000;
const everyMs = 86_400_000;

/** Has the history read and checked once a day, and for the first time when the start is over: damage is told before somebody meets it. */
export function scrubs(clock: Clock, scrub: () => Promise<void>): Cancel {
  let daily: Cancel = () => {};
  const first = clock.after(firstMs, () => {
    void scrub();
    daily = clock.every(everyMs, scrub);
  });
  return () => {
    first();
    daily();
  };
}
