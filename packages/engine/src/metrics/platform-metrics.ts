import type { MetricFamily } from '@wherry/core/metric';
import type { Budget } from '../fleet/budget.ts';
import type { Recorder } from '../record/recorder.ts';
import { single } from './families.ts';
import type { Source } from './measuring.ts';

/** What belongs to no function. */
export const platformMetrics = (
  recorder: Pick<Recorder, 'unknown'>,
  budget: Pick<Budget, 'reservedBytes'>,
): Source =>
  function* (): Iterable<MetricFamily> {
    yield single(
      'wherry_calls_unaddressed_total',
      'counter',
      'Calls that named no function',
      recorder.unknown,
    );
    yield single(
      'wherry_memory_reserved_bytes',
      'gauge',
      'Memory reserved by running instances',
      budget.reservedBytes,
    );
  };
