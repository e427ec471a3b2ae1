import type { FunctionRecord } from '@wherry/core/function';
import { fullName, type FunctionName } from '@wherry/core/names';
import type { Cancel } from '@wherry/core/ports/clock';
import type { DesiredChange, DesiredState } from '@wherry/core/ports/desired-state';
import { byName, conflictUnlessNext, conflictUnlessSame, newestOf } from '../desired-rules.ts';
import { Watchers } from '../watchers.ts';

/** Desired state that ends with the process: for tests, and for trying Wherry without leaving a trace. */
export class MemoryDesiredState implements DesiredState {
  readonly #records = new Map<string, FunctionRecord>();
  readonly #versions = new Map<string, number>();
  readonly #watchers = new Watchers<DesiredChange>();

  async list(): Promise<readonly FunctionRecord[]> {
    return [...this.#records.values()].sort(byName).map((record) => structuredClone(record));
  }

  async get(name: FunctionName): Promise<FunctionRecord | undefined> {
    return structuredClone(this.#records.get(keyFor(name)));
  }

  async put(record: FunctionRecord): Promise<void> {
    conflictUnlessNext(fullName(record), record.revision, this.#records.get(keyFor(record))?.revision);
    this.#records.set(keyFor(record), structuredClone(record));
    this.#watchers.tell({ kind: 'put', record });
  }

  async remove({ namespace, name }: FunctionName, revision: number): Promise<boolean> {
    const key = keyFor({ namespace, name });
    const stored = this.#records.get(key);
    if (stored === undefined) return false;
    conflictUnlessSame(fullName({ namespace, name }), revision, stored.revision);
    this.#records.delete(key);
    this.#watchers.tell({ kind: 'removed', name: { namespace, name } });
    return true;
  }

  async nextVersion(name: FunctionName): Promise<number> {
    const key = keyFor(name);
    const next = Math.max(this.#versions.get(key) ?? 0, newestOf(this.#records.get(key))) + 1;
    this.#versions.set(key, next);
    return next;
  }

  watch(listener: (change: DesiredChange) => void): Cancel {
    return this.#watchers.add(listener);
  }
}

function keyFor({ namespace, name }: FunctionName): string {
  return JSON.stringify([namespace, name]);
}
