import { type FunctionName, fullName } from '@wherry/core/names';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import type { ScheduleState } from '@wherry/core/schedule';
import { byName } from '../desired-rules.ts';

/** Schedules that end with the process. */
export class MemoryScheduleStore implements ScheduleStore {
  readonly #states = new Map<string, ScheduleState>();

  async list(): Promise<readonly ScheduleState[]> {
    return [...this.#states.values()].sort(byName).map((state) => structuredClone(state));
  }

  async put(states: readonly ScheduleState[]): Promise<void> {
    for (const state of states) this.#states.set(fullName(state), structuredClone(state));
  }

  async remove(of: FunctionName): Promise<boolean> {
    return this.#states.delete(fullName(of));
  }
}
