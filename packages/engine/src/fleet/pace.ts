/** How fast a function answers at present, and how long its line takes by that. */
export class Pace {
  /** Moving average of the time to an answer; undefined before the first. */
  usualMs: number | undefined;

  answered(ms: number): void {
    this.usualMs = this.usualMs === undefined ? ms : this.usualMs + (ms - this.usualMs) / 16;
  }

  /**
   * Who stands behind `ahead` others while `atOnce` calls run at a time: as many leave as run, each usual time (Little's law, which holds
   * for calls that share a processor as well as for those that wait for something).
   */
  waitMs(ahead: number, atOnce: number): number | undefined {
    if (ahead === 0) return 0;
    return this.usualMs === undefined ? undefined : (ahead * this.usualMs) / atOnce;
  }
}
