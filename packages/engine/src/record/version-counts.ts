/** The numbers of one version since the gateway started. What the function's name had in all is in `FunctionCounts`. */
export class VersionCounts {
  calls = 0;
  /** Answered with a status from 500 on, whoever's fault. */
  failures = 0;
  /** Of all calls together. */
  totalMs = 0;

  observe(status: number, totalMs: number): void {
    this.calls += 1;
    if (status >= 500) this.failures += 1;
    this.totalMs += totalMs;
  }
}
