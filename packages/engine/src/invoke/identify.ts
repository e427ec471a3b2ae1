import { contextOf } from '../traces/tracer.ts';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Gives the call its id and its start. The caller's own id stays an alias; records are keyed by ours. */
export function identify({ clock, ids, tracer }: Pick<InvokeParts, 'clock' | 'ids' | 'tracer'>): Stage {
  return (call, next) => {
    call.id = call.input.queued?.id ?? ids.callId();
    call.startedAt = clock.now();
    call.started = clock.monotonic();
    call.startTime = nanoseconds(call.startedAt);
    if (tracer !== undefined) tracer.begin(call);
    else if (call.input.trace !== undefined) call.trace = contextOf(call.input);
    return next(call);
  };
}

/** Unix time in nanoseconds, as OpenFaaS has it; the clock gives fractions of milliseconds. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`;
}
