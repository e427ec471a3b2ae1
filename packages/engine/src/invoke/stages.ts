import type { Clock } from '@wherry/core/ports/clock';
import type { Ids } from '@wherry/core/ports/ids';
import type { Gatekeeper } from '../access/gatekeeper.ts';
import type { CaptureBook } from '../capture/capture-book.ts';
import type { FunctionTable } from '../functions/function-table.ts';
import type { Order, QueueBook } from '../queue/queue-book.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Tracer } from '../traces/tracer.ts';
import type { WebhookDoor } from '../webhooks/webhook-door.ts';
import { address } from './address.ts';
import { admit, admitQueued } from './admit.ts';
import { authorise } from './authorise.ts';
import { choose } from './choose.ts';
import { enqueue, handOver } from './enqueue.ts';
import { explain } from './explain.ts';
import { forward } from './forward.ts';
import { gather, type HeldBodies } from './gather.ts';
import { identify } from './identify.ts';
import { type Next, pipeline, timed } from './pipeline.ts';
import type { RateLimits } from './rate-limits.ts';
import { record, recordRefusals } from './record.ts';
import { wake } from './wake.ts';

/** What the stages work with. */
export interface InvokeParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly functions: FunctionTable;
  readonly gatekeeper: Gatekeeper;
  readonly recorder: Recorder;
  readonly captures: CaptureBook;
  /** Where calls are traced. */
  readonly tracer: Tracer | undefined;
  /** Most calls that may wait for one function. */
  readonly maxWaiting: number;
  readonly maxBodyBytes: number;
  readonly limits: RateLimits;
  readonly bodies: HeldBodies;
  readonly webhooks: WebhookDoor;
}

/**
 * The invocation pipeline. Nothing calls a function in any other way. Record and explain are outside, so that refusals and failed wakes
 * are recorded and explained too.
 */
export function invocation(parts: InvokeParts): Next {
  return pipeline(
    [
      identify(parts),
      record(parts),
      explain(),
      timed('address', address(parts)),
      timed('authorise', authorise(parts)),
      timed('admit', admit(parts)),
      timed('wake', wake(parts)),
      timed('choose', choose(parts)),
      timed('forward', forward(parts)),
    ],
    parts.tracer,
  );
}

/** The way of a call that is to be made later: the same doors and the same refusals, and at the end it is kept. From the queue it comes to `invocation`. */
export function acceptance(parts: InvokeParts, queue: QueueBook): Next {
  return pipeline(
    [
      identify(parts),
      recordRefusals(parts),
      explain(),
      timed('address', address(parts)),
      timed('authorise', authorise(parts)),
      timed('admit', admitQueued(parts, queue.settings.maxBodyBytes)),
      timed('gather', gather(parts)),
      timed('enqueue', enqueue(queue)),
    ],
    parts.tracer,
  );
}

/** The same for one of several calls that are kept together: a message for each who wants to hear of it. */
export function publication(parts: InvokeParts, maxBodyBytes: number, take: (order: Order) => void): Next {
  return pipeline(
    [
      identify(parts),
      recordRefusals(parts),
      explain(),
      timed('address', address(parts)),
      timed('authorise', authorise(parts)),
      timed('admit', admitQueued(parts, maxBodyBytes)),
      timed('enqueue', handOver(take)),
    ],
    parts.tracer,
  );
}
