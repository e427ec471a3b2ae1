import type { FunctionName } from '@wherry/core/names';
import type { ScheduleState } from '@wherry/core/schedule';
import { byName } from '../desired-rules.ts';
import type { DatabaseFile } from './database-file.ts';
import { type Damage, SealedRows } from './sealed-rows.ts';

/** Schedules, in the database's thread. */
export class ScheduleRows {
  readonly #rows: SealedRows<ScheduleState>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#rows = new SealedRows(file, 'schedules', at, report);
  }

  list(): readonly ScheduleState[] {
    return this.#rows.values().sort(byName);
  }

  put(states: readonly ScheduleState[]): void {
    this.#rows.writeAll(states.map((state) => [keyFor(state), state]));
  }

  remove(of: FunctionName): boolean {
    return this.#rows.remove(keyFor(of));
  }
}

function keyFor({ namespace, name }: FunctionName): string {
  return JSON.stringify([namespace, name]);
}
