import type { Exit } from './instance.ts';
import type { FunctionName } from './names.ts';

/** Something that happened, as it is told to who watches. `at` is milliseconds since 1970. */
export type PlatformEvent = FunctionEvent | InstanceEvent | CallsEvent | QueueEvent;

export interface FunctionEvent extends FunctionName {
  readonly kind: 'function';
  readonly at: number;
  readonly change: 'deployed' | 'changed' | 'removed';
  /** The live one. */
  readonly version: number;
}

export interface InstanceEvent extends FunctionName {
  readonly kind: 'instance';
  readonly at: number;
  readonly change: 'started' | 'ended';
  readonly version: number;
  readonly instance: string;
  /** Of one that ended; its last words are asked for. */
  readonly exit?: Pick<Exit, 'kind' | 'reason' | 'exitCode' | 'signal' | 'peakMemoryBytes'>;
}

/** Calls that ended since the last such event. */
export interface CallsEvent {
  readonly kind: 'calls';
  readonly at: number;
  readonly functions: readonly CallTally[];
}

export interface CallTally extends FunctionName {
  readonly calls: number;
  /** Answered with 500 or more. */
  readonly failed: number;
  readonly cold: number;
}

/** What is different in the queue now. */
export interface QueueEvent {
  readonly kind: 'queue';
  readonly at: number;
  readonly lanes: readonly LaneDepth[];
}

export interface LaneDepth extends FunctionName {
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
}

/** As much of an event as is somebody's business; undefined where nothing is. */
export function seenBy(
  event: PlatformEvent,
  may: (target: FunctionName) => boolean,
): PlatformEvent | undefined {
  switch (event.kind) {
    case 'calls': {
      const functions = event.functions.filter(may);
      return functions.length === 0 ? undefined : { ...event, functions };
    }
    case 'queue': {
      const lanes = event.lanes.filter(may);
      return lanes.length === 0 ? undefined : { ...event, lanes };
    }
    default:
      return may(event) ? event : undefined;
  }
}
