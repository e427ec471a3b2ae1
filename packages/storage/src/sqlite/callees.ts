import type { FunctionName } from '@wherry/core/names';
import type { DatabaseFile } from './database-file.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import type { Damage } from './sealed-rows.ts';
import type { StatementSync } from 'node:sqlite';
import { readable, storable } from './storable-text.ts';

interface Callee extends FunctionName {
  readonly id: number;
  calls: number;
}

/**
 * Functions that ever did something, by small numbers that rows of the history carry in place of names; and how many calls each has
 * had, kept up to date with every batch so that nobody has to count. Held in memory whole: there are as many as names ever deployed.
 */
export class Callees {
  readonly #file: DatabaseFile;
  readonly #check: SealCheck;
  readonly #count: StatementSync;
  #byName = new Map<string, Callee>();
  #byId = new Map<number, Callee>();

  constructor(file: DatabaseFile, report: (damage: Damage) => void) {
    this.#file = file;
    this.#check = new SealCheck(file.history, 'callees', report);
    this.#count = file.history.prepare('UPDATE callees SET calls=?, seal=? WHERE id=?');
    this.reload();
  }

  /** Forgets what was not written, after a transaction that failed. */
  reload(): void {
    this.#byName = new Map();
    this.#byId = new Map();
    for (const row of this.#file.history.prepare('SELECT * FROM callees').iterate()) {
      // Its number is not given again: new rows come after the highest.
      if (!this.#check.passes(row)) continue;
      this.#keep({
        id: Number(row['id']),
        namespace: readable(row['namespace']),
        name: readable(row['name']),
        calls: Number(row['calls']),
      });
    }
  }

  find(name: FunctionName): number | undefined {
    return this.#byName.get(keyFor(name))?.id;
  }

  /** The number of a function, a new one where it has none. Only within a transaction. */
  number(name: FunctionName): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const { history } = this.#file;
    const id = Number(history.prepare('SELECT max(id) AS id FROM callees').get()?.['id'] ?? 0) + 1;
    const values = [id, storable(name.namespace), storable(name.name), 0] as const;
    history.prepare('INSERT INTO callees VALUES (?, ?, ?, ?, ?)').run(...values, sealOf('callees', values));
    this.#keep({ id, namespace: name.namespace, name: name.name, calls: 0 });
    return id;
  }

  nameOf(id: number): FunctionName | undefined {
    const callee = this.#byId.get(id);
    return callee === undefined ? undefined : { namespace: callee.namespace, name: callee.name };
  }

  /** Adds calls to the counts. Only within a transaction. */
  count(calls: ReadonlyMap<number, number>): void {
    for (const [id, more] of calls) {
      const callee = this.#byId.get(id);
      if (callee === undefined) continue;
      callee.calls += more;
      const seal = sealOf('callees', [id, storable(callee.namespace), storable(callee.name), callee.calls]);
      this.#count.run(callee.calls, seal, id);
    }
  }

  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { name, namespace, calls } of this.#byId.values())
      if (calls > 0) counts.set(`${name}.${namespace}`, calls);
    return counts;
  }

  #keep(callee: Callee): void {
    this.#byId.set(callee.id, callee);
    this.#byName.set(keyFor(callee), callee);
  }
}

function keyFor({ namespace, name }: FunctionName): string {
  return JSON.stringify([namespace, name]);
}
