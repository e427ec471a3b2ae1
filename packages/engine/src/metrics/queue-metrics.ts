import type { MetricFamily } from '@wherry/core/metric';
import { fullName } from '@wherry/core/names';
import type { LaneState } from '@wherry/core/ports/call-queue';
import type { QueueBook } from '../queue/queue-book.ts';
import { family } from './families.ts';
import type { Round, Source } from './measuring.ts';

/** There is one queue, so its name says nothing. */
const queue_name = 'queue';

/** The queue, under the names of OpenFaaS's paid queue worker. */
export const queueMetrics = ({ counts }: Pick<QueueBook, 'counts'>): Source =>
  function* ({ functions, lanes, now }: Round): Iterable<MetricFamily> {
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
    yield gauge('wherry_queue_oldest_seconds', 'How long the next queued call has waited', ({ oldest }) =>
      oldest === undefined ? 0 : Math.max(0, (now - oldest) / 1000),
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
