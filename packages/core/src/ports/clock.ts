/** Undoes what it was given for: a timer, a watch, a subscription. Calling it twice is harmless. */
export type Cancel = () => void;

/** Time. The only way to it, so that everything that waits can run under a simulated clock. */
export interface Clock {
  /** Milliseconds since 1970, with fractions; may jump. For display and records only. */
  now(): number;
  /** Milliseconds since some moment, with fractions; never goes back. For durations and deadlines. */
  monotonic(): number;
  /** Runs `task` once, `ms` from now, unless cancelled before. Never runs it synchronously. */
  after(ms: number, task: () => void): Cancel;
  /** Runs `task` every `ms`, first after one period, until cancelled; a slow task is never overlapped. */
  every(ms: number, task: () => void | Promise<void>): Cancel;
}
