import { fullName } from '@wherry/core/names';
import type { LaneState } from '@wherry/core/ports/call-queue';
import type { Platform } from '@wherry/engine/platform';

type Family = (name: string, type: 'counter' | 'gauge', help: string) => void;

/** The queue, under the names of OpenFaaS's paid queue worker; there is one queue, so its name says nothing. */
export function queueMetrics(
  { queue, functions, parts }: Platform,
  lanes: readonly LaneState[],
  family: Family,
  lines: string[],
): void {
  const byLane = new Map(lanes.map((lane) => [lane.lane, lane]));
  const gauge = (name: string, help: string, value: (lane: LaneState) => number): void => {
    family(name, 'gauge', help);
    for (const fn of functions.list()) {
      const lane = byLane.get(fullName(fn));
      lines.push(
        `${name}{queue_name="queue",function_name="${fullName(fn)}"} ${lane === undefined ? 0 : value(lane)}`,
      );
    }
  };
  gauge('queue_worker_pending_messages', 'Queued calls that wait', ({ waiting }) => waiting);
  gauge('queue_worker_function_invocation_inflight', 'Queued calls under way', ({ running }) => running);
  const now = parts.clock.now();
  gauge('wherry_queue_oldest_seconds', 'How long the next queued call has waited', ({ oldest }) =>
    oldest === undefined ? 0 : Math.max(0, (now - oldest) / 1000),
  );
  const { submitted, done, dead, retried, cancelled } = queue.counts;
  family('queue_worker_messages_submitted_total', 'counter', 'Queued calls that were accepted');
  lines.push(`queue_worker_messages_submitted_total{queue_name="queue"} ${submitted}`);
  family('queue_worker_messages_processed_total', 'counter', 'Queued calls that were answered');
  lines.push(`queue_worker_messages_processed_total{queue_name="queue"} ${done}`);
  family('wherry_queue_dead_total', 'counter', 'Queued calls that failed for good');
  lines.push(`wherry_queue_dead_total ${dead}`);
  family('wherry_queue_retried_total', 'counter', 'Attempts of queued calls that are made again');
  lines.push(`wherry_queue_retried_total ${retried}`);
  family('wherry_queue_cancelled_total', 'counter', 'Queued calls that were taken back');
  lines.push(`wherry_queue_cancelled_total ${cancelled}`);
}
