import type { QueueState } from '@wherry/core/queued-call';
import type { MissedRuns, Schedule } from '@wherry/core/schedule';
import { rfc3339 } from './times.ts';

/** When a function is called by the clock. */
export interface ScheduleInfo {
  readonly name: string;
  readonly namespace: string;
  readonly paused: boolean;
  readonly missed: MissedRuns;
  readonly rules: readonly {
    readonly expression: string;
    /** An IANA time zone; of `@every` it means nothing. */
    readonly zone: string;
    /** The next three times, unless it pauses. */
    readonly next: readonly string[];
  }[];
  /** The newest call, and what became of it where that is still known. */
  readonly last?: {
    readonly slot: string;
    readonly call: string;
    readonly state?: QueueState;
    readonly status?: number;
    readonly cause?: string;
  };
}

/** What `run` answers. */
export interface ScheduledRun {
  readonly name: string;
  readonly namespace: string;
  /** The call's id: it is queued, and made as soon as there is room. */
  readonly call: string;
}

/** How the newest call stands in the queue. */
export interface LastRun {
  readonly state: QueueState;
  readonly status?: number;
  readonly cause?: string;
}

export function encodeSchedule(
  of: {
    readonly namespace: string;
    readonly name: string;
    readonly paused: boolean;
    readonly schedule: Schedule;
    readonly next: readonly (readonly number[])[];
    readonly last?: { readonly call: string; readonly slot: number };
  },
  run: LastRun | undefined,
): ScheduleInfo {
  const { namespace, name, paused, schedule, next, last } = of;
  return {
    ...{ name, namespace, paused, missed: schedule.missed },
    rules: schedule.rules.map(({ expression, zone }, at) => ({
      ...{ expression, zone },
      next: paused ? [] : (next[at] ?? []).map(rfc3339),
    })),
    ...(last === undefined ? {} : { last: { slot: rfc3339(last.slot), call: last.call, ...run } }),
  };
}
