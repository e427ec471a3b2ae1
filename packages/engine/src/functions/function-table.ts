import { defaultNamespace, type FunctionName, fullName, parseFullName } from '@wherry/core/names';
import type { ActiveFunction } from './active-function.ts';

/** The functions that are deployed, by name: what every call looks into. */
export class FunctionTable {
  readonly #byFullName = new Map<string, ActiveFunction>();
  /** Names as callers write them, the default namespace left out: the common case is one look-up. */
  readonly #byShortName = new Map<string, ActiveFunction>();

  get size(): number {
    return this.#byFullName.size;
  }

  /** By `NAME` or `NAME.NAMESPACE`. */
  find(target: string): ActiveFunction | undefined {
    const short = this.#byShortName.get(target);
    if (short !== undefined) return short;
    const name = parseFullName(target);
    return name === undefined ? undefined : this.get(name);
  }

  get(name: FunctionName): ActiveFunction | undefined {
    return this.#byFullName.get(fullName(name));
  }

  /** Ordered by namespace and name; of one namespace where it is given. */
  list(namespace?: string): ActiveFunction[] {
    const chosen = [...this.#byFullName.values()].filter(
      (fn) => namespace === undefined || fn.namespace === namespace,
    );
    return chosen.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
  }

  put(fn: ActiveFunction): void {
    this.#byFullName.set(fullName(fn), fn);
    if (fn.namespace === defaultNamespace) this.#byShortName.set(fn.name, fn);
  }

  remove(name: FunctionName): void {
    this.#byFullName.delete(fullName(name));
    if (name.namespace === defaultNamespace) this.#byShortName.delete(name.name);
  }

  /** The deployed name that is nearest to a mistyped one, within two changes. */
  closest(target: string): string | undefined {
    if (target.length > 63) return undefined;
    let best: string | undefined;
    let least = 3;
    for (const fn of this.#byFullName.values()) {
      const distance = changes(target, fn.name, least);
      if (distance < least) {
        least = distance;
        best = fn.name;
      }
    }
    return best;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Letters to add, drop or swap for another (Levenshtein); gives up at `limit`. */
export function changes(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
