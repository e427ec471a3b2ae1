import type { Cancel, Clock } from '@wherry/core/ports/clock';

/** The machine's time. Timers don't keep the process alive: the listeners do. */
export const machineClock: Clock = {
  // Date.now has whole milliseconds; the monotonic clock since a known moment has the fractions.
  now: () => performance.timeOrigin + performance.now() + drift(),
  monotonic: () => performance.now(),
  after(ms, task): Cancel {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  every(ms, task): Cancel {
    let running = false;
    const timer = setInterval(async () => {
      if (running) return;
      running = true;
      try {
        await task();
      } finally {
        running = false;
      }
    }, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

let correction = 0;
let checkedAt = Number.NEGATIVE_INFINITY;

/** The wall clock may be set while we run; looked at once a second. */
function drift(): number {
  const now = performance.now();
  if (now - checkedAt < 1000) return correction;
  checkedAt = now;
  const off = Date.now() - (performance.timeOrigin + now);
  // Below two milliseconds it is only Date.now's own rounding.
  if (Math.abs(off - correction) >= 2) correction = off;
  return correction;
}
