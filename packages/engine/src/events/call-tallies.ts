import type { CallTally } from '@wherry/core/platform-event';
import type { FunctionName } from '@wherry/core/names';

/** Functions in one event: a watcher is told of ten thousand in pieces. */
const mostTogether = 200;

/** Calls that ended, by function, until they are told. */
export class CallTallies {
  #byFunction = new Map<FunctionName, { calls: number; failed: number; cold: number }>();

  add(fn: FunctionName, failed: boolean, cold: boolean): void {
    let tally = this.#byFunction.get(fn);
    if (tally === undefined) {
      tally = { calls: 0, failed: 0, cold: 0 };
      this.#byFunction.set(fn, tally);
    }
    tally.calls += 1;
    if (failed) tally.failed += 1;
    if (cold) tally.cold += 1;
  }

  /** All of them, in pieces; from now on it counts anew. */
  *take(): Iterable<readonly CallTally[]> {
    const all = [...this.#byFunction].map(([{ name, namespace }, tally]) => ({ name, namespace, ...tally }));
    this.#byFunction = new Map();
    for (let at = 0; at < all.length; at += mostTogether) yield all.slice(at, at + mostTogether);
  }
}
