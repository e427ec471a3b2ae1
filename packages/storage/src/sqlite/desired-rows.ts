import type { FunctionRecord } from '@wherry/core/function';
import { fullName, type FunctionName } from '@wherry/core/names';
import { byName, conflictUnlessNext, conflictUnlessSame, newestOf } from '../desired-rules.ts';
import type { DatabaseFile } from './database-file.ts';
import { SealedRows, type Damage } from './sealed-rows.ts';

/** How far numbering leaps after a counter was damaged: above any version that was ever given, since versions must not repeat. */
export const versionLeap = 1_000_000;
/** Where the versions of a name without a counter begin; no function's key, those are pairs. */
export const floorKey = '["floor"]';

/** Desired state, in the database's thread. */
export class DesiredRows {
  readonly #functions: SealedRows<FunctionRecord>;
  readonly #versions: SealedRows<number>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#functions = new SealedRows(file, 'functions', at, report);
    let damaged = false;
    this.#versions = new SealedRows(file, 'versions', at, (damage) => {
      damaged = true;
      report(damage);
    });
    // Which counter was lost may be unknown, so every name without one starts above all that could have been given.
    if (damaged) this.#versions.write(floorKey, (this.#versions.get(floorKey) ?? 0) + versionLeap);
  }

  list(): readonly FunctionRecord[] {
    return this.#functions.values().sort(byName);
  }

  get(name: FunctionName): FunctionRecord | undefined {
    return this.#functions.get(keyFor(name));
  }

  put(record: FunctionRecord): void {
    conflictUnlessNext(fullName(record), record.revision, this.get(record)?.revision);
    this.#functions.write(keyFor(record), record);
  }

  remove(name: FunctionName, revision: number): boolean {
    const stored = this.get(name);
    if (stored === undefined) return false;
    conflictUnlessSame(fullName(name), revision, stored.revision);
    return this.#functions.remove(keyFor(name));
  }

  nextVersion(name: FunctionName): number {
    const last = this.#versions.get(keyFor(name)) ?? this.#versions.get(floorKey) ?? 0;
    // Versions that are there count too: a counter that came back from a backup may lag behind it.
    const next = Math.max(last, newestOf(this.get(name))) + 1;
    this.#versions.write(keyFor(name), next);
    return next;
  }
}

/** One text for a name, different for different names whatever characters are in them. */
function keyFor({ namespace, name }: FunctionName): string {
  return JSON.stringify([namespace, name]);
}
