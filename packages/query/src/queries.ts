import type { Queries } from '@wherry/core/ports/queries';
import { labelNamesOf, labelValuesOf, seriesOf } from './metadata.ts';
import { instantQuery, rangeQuery } from './query.ts';

/** The language as the platform asks it. */
export const queries: Queries = {
  instant: instantQuery,
  range: rangeQuery,
  series: seriesOf,
  labelNames: labelNamesOf,
  labelValues: labelValuesOf,
};
