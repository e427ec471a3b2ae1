import type { MetricFamily } from '@wherry/core/metric';
import { fullName } from '@wherry/core/names';
import type { LaneState } from '@wherry/core/ports/call-queue';
import { laneKind } from '../queue/notices.ts';
import type { QueueBook } from '../queue/queue-book.ts';
import { family } from './families.ts';
import type { Round, Source } from './measuring.ts';

/** There is one queue, so its name says nothing. */
const queue_name = 'queue';

/** The queue, under the names of OpenFaaS's paid queue worker. */
export const queueMetrics = (queue: Pick<QueueBook, 'counts'>): Source =>
  function* ({ functions, lanes, now }: Round): Iterable<MetricFamily> {
    const { counts } = queue;
    const gauge = (name: string, help: string, value: (lane: LaneState) => number): MetricFamily =>
      family(name, 'gauge', help, functions, (fn) => {
        const lane = lanes.get(fullName(fn));
        return [{ queue_name, function_name: fullName(fn) }, lane === undefined ? 0 : value(lane)];
      });
    yield gauge('queue_worker_pending_messages', 'Queued calls that wait', ({ waiting }) => waiting);
    yield gauge(
      'queue_worker_function_invocation_inflight',
      'Queued calls under way',
      ({ running }) => running,
    );
    // From when it could begin: one that was put in for next month does not wait yet.
    yield gauge(
      'wherry_queue_oldest_seconds',
      'How long the next queued call has waited',
      ({ oldest, nextDue }) =>
        oldest === undefined || nextDue === undefined
          ? 0
          : Math.max(0, (now - Math.max(oldest, nextDue)) / 1000),
    );
    // Of functions that nobody has called since the start, too: what failed for good waits for somebody.
    const dead = [...lanes.values()].filter((lane) => lane.dead > 0 && laneKind(lane.lane) === 'call');
    yield family(
      'wherry_queue_dead_letters',
      'gauge',
      'Queued calls that failed for good and are kept',
      dead,
      (lane) => [{ function_name: lane.lane }, lane.dead],
    );
    const counter = (name: string, help: string, value: number, labels = {}): MetricFamily =>
      family(name, 'counter', help, [value], () => [labels, value]);
    const named = { queue_name };
    yield counter(
      'queue_worker_messages_submitted_total',
      'Queued calls that were accepted',
      counts.submitted,
      named,
    );
    yield counter(
      'queue_worker_messages_processed_total',
      'Queued calls that were answered',
      counts.done,
      named,
    );
    yield counter('wherry_queue_dead_total', 'Queued calls that failed for good', counts.dead);
    yield counter(
      'wherry_queue_retried_total',
      'Attempts of queued calls that are made again',
      counts.retried,
    );
    yield counter('wherry_queue_cancelled_total', 'Queued calls that were taken back', counts.cancelled);
  };
