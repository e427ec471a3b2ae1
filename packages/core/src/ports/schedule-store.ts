import type { FunctionName } from '../names.ts';
import type { ScheduleState } from '../schedule.ts';

/** How far schedules have come: one state for each function that has one. All writes are on disk before they resolve. */
export interface ScheduleStore {
  /** Ordered by namespace and name. */
  list(): Promise<readonly ScheduleState[]>;
  /** Writes states, all or none; each replaces the one of its function. Throws `storage_full`, `storage_failed`. */
  put(states: readonly ScheduleState[]): Promise<void>;
  /** False where there is none of that function. */
  remove(of: FunctionName): Promise<boolean>;
}
