import { parseCallTarget, plainTarget } from '@wherry/core/call-target';
import { defaultNamespace, type FunctionName, fullName } from '@wherry/core/names';
import { similar } from '@wherry/core/rules/similar';
import type { ActiveFunction } from './active-function.ts';

/** The functions that are deployed, by name: what every call looks into. */
export class FunctionTable {
  readonly #byFullName = new Map<string, ActiveFunction>();
  /** Names as callers write them, the default namespace left out: the common case is one look-up. */
  readonly #byShortName = new Map<string, ActiveFunction>();
  readonly #removed: (fn: ActiveFunction) => void;

  /** `removed` is told of each function that goes. */
  constructor(removed: (fn: ActiveFunction) => void = () => {}) {
    this.#removed = removed;
  }

  get size(): number {
    return this.#byFullName.size;
  }

  /** By `NAME` or `NAME.NAMESPACE`, whichever version of it is asked for. */
  find(target: string): ActiveFunction | undefined {
    const short = this.#byShortName.get(target);
    if (short !== undefined) return short;
    const parsed = parseCallTarget(target);
    return parsed === undefined ? undefined : this.get(parsed.name);
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
    const fn = this.get(name);
    if (fn !== undefined) this.#removed(fn);
    this.#byFullName.delete(fullName(name));
    if (name.namespace === defaultNamespace) this.#byShortName.delete(name.name);
  }

  /** The deployed name that a mistyped one probably means. */
  closest(target: string): string | undefined {
    const plain = plainTarget(target);
    if (plain.length > 63) return undefined;
    const names = [...this.#byFullName.values()].map(({ name }) => name);
    return similar(plain, names);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
