import type { Exit } from './instance.ts';
import type { FunctionName } from './names.ts';

/** Something that happened, as it is told to who watches. `at` is milliseconds since 1970. */
export type PlatformEvent = FunctionEvent | InstanceEvent | CallsEvent | QueueEvent | AlertingEvent;

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

export interface LaneDepth extends Partial<FunctionName> {
  /** As the list of lanes has it; what is no function's, such as a channel's, has no other name. */
  readonly lane: string;
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
}

/** Something about alerts: one of them, a message about some, or how alerting is set up. It says that there is news; what it is, is asked for. */
export interface AlertingEvent extends Partial<FunctionName> {
  readonly kind: 'alert';
  readonly at: number;
  readonly change:
    | ('pending' | 'firing' | 'resolved' | 'queued' | 'sent' | 'failed')
    | ('rules' | 'silences' | 'channels');
  /** Empty for a test, and for how alerting is set up. */
  readonly rule: string;
  /** Of a message. */
  readonly channel?: string;
}

/** As much of an event as is somebody's business; undefined where nothing is. `all`: whether everything is. */
export function seenBy(
  event: PlatformEvent,
  may: (target: FunctionName) => boolean,
  all: boolean,
): PlatformEvent | undefined {
  switch (event.kind) {
    case 'calls': {
      const functions = event.functions.filter(may);
      return functions.length === 0 ? undefined : { ...event, functions };
    }
    case 'queue': {
      const lanes = event.lanes.filter(({ name, namespace }) =>
        name === undefined || namespace === undefined ? all : may({ name, namespace }),
      );
      return lanes.length === 0 ? undefined : { ...event, lanes };
    }
    case 'alert': {
      const { name, namespace } = event;
      // What is about no function concerns those only who may see everything, as in the list of alerts.
      const seen = name === undefined || namespace === undefined ? all : may({ name, namespace });
      return seen ? event : undefined;
    }
    default:
      return may(event) ? event : undefined;
  }
}
