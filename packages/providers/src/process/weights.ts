import { type FunctionName, fullName } from '@wherry/core/names';
import type { Group } from './cgroups.ts';

/**
 * Shares out the processors among functions and not among instances: where a function has many, each of them weighs less, so that one that grows
 * takes nothing from those that have one. Weights change when the number doubles or halves, not with every instance.
 */
export class Weights {
  readonly #groups = new Map<string, Set<Group>>();
  readonly #parts = new WeakMap<Group, number>();

  join(name: FunctionName, group: Group): void {
    const key = fullName(name);
    const groups = this.#groups.get(key) ?? new Set();
    this.#groups.set(key, groups.add(group));
    this.#settle(groups);
  }

  leave(name: FunctionName, group: Group): void {
    const key = fullName(name);
    const groups = this.#groups.get(key);
    if (groups === undefined || !groups.delete(group)) return;
    if (groups.size === 0) this.#groups.delete(key);
    else this.#settle(groups);
  }

  #settle(groups: ReadonlySet<Group>): void {
    const part = 1 / 2 ** Math.ceil(Math.log2(groups.size));
    for (const group of groups) {
      if ((this.#parts.get(group) ?? 1) === part) continue;
      this.#parts.set(group, part);
      group.weigh(part);
    }
  }
}
