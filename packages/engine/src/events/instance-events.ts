import type { Exit, Instance } from '@wherry/core/instance';
import type { InstanceEvent } from '@wherry/core/platform-event';

export function startOf({ id, deployment, startedAt }: Instance): InstanceEvent {
  return { kind: 'instance', at: startedAt, change: 'started', ...deployment, instance: id };
}

/** How it ended, without what it said last: that may be long, and is asked for. */
export function endOf(told: Exit): InstanceEvent {
  const { instance, deployment, at, kind, reason, exitCode, signal, peakMemoryBytes } = told;
  const exit = {
    ...{ kind, reason },
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
  };
  return { kind: 'instance', at, change: 'ended', ...deployment, instance, exit };
}
