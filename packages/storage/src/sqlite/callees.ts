import type { FunctionName } from '@wherry/core/names';
import type { DatabaseFile } from './database-file.ts';
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
  #byName = new Map<string, Callee>();
  #byId = new Map<number, Callee>();

  constructor(file: DatabaseFile) {
    this.#file = file;
    this.reload();
  }

  /** Forgets what was not written, after a transaction that failed. */
  reload(): void {
    this.#byName = new Map();
    this.#byId = new Map();
    for (const row of this.#file.history.prepare('SELECT * FROM callees').iterate()) {
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
    const insert = this.#file.history.prepare('INSERT INTO callees (namespace, name) VALUES (?, ?)');
    const id = Number(insert.run(storable(name.namespace), storable(name.name)).lastInsertRowid);
    this.#keep({ id, namespace: name.namespace, name: name.name, calls: 0 });
    return id;
  }

  nameOf(id: number): FunctionName | undefined {
    const callee = this.#byId.get(id);
    return callee === undefined ? undefined : { namespace: callee.namespace, name: callee.name };
  }

  /** Adds calls to the counts. Only within a transaction. */
  count(calls: ReadonlyMap<number, number>): void {
    const add = this.#file.history.prepare('UPDATE callees SET calls = calls + ? WHERE id = ?');
    for (const [id, more] of calls) {
      add.run(more, id);
      const callee = this.#byId.get(id);
      if (callee !== undefined) callee.calls += more;
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
