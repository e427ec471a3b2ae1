import type { MetricHistory } from './metric-history.ts';
import type { Labels } from '../metric.ts';

/** A time in seconds since 1970 and a value, written as Prometheus writes numbers: `1.5`, `NaN`, `+Inf`. */
export type QueryPoint = readonly [number, string];

/** What a query gives, as Prometheus's HTTP API has it. */
export type QueryResult = VectorResult | MatrixResult | ScalarResult;

export interface VectorResult {
  readonly resultType: 'vector';
  readonly result: readonly { readonly metric: Labels; readonly value: QueryPoint }[];
}

export interface MatrixResult {
  readonly resultType: 'matrix';
  readonly result: readonly { readonly metric: Labels; readonly values: readonly QueryPoint[] }[];
}

export interface ScalarResult {
  readonly resultType: 'scalar' | 'string';
  readonly result: QueryPoint;
}

/** All times are milliseconds since 1970. */
export interface InstantQuery {
  readonly text: string;
  readonly at: number;
}

/** Both ends are included. */
export interface RangeQuery {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly stepMs: number;
}

/** Series that any of the selectors takes, in a time. */
export interface MetadataQuery {
  readonly matches: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** When to give up. */
export interface Patience {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

/** What is asked, and of whose series. */
export type SeriesSource = Pick<MetricHistory, 'read' | 'series'>;

/**
 * The language in which questions over numbers in time are asked: Prometheus's, or a part of it.
 *
 * Everything here reads and nothing changes anything. Fails with `query_refused` (the text or a parameter), `query_failed` (the series
 * don't fit the query), `query_too_large`, `query_out_of_time`, `query_abandoned`. No query stops others for more than some milliseconds.
 */
export interface Queries {
  instant(source: SeriesSource, query: InstantQuery, patience?: Patience): Promise<QueryResult>;
  range(source: SeriesSource, query: RangeQuery, patience?: Patience): Promise<MatrixResult>;
  series(source: SeriesSource, query: MetadataQuery, patience?: Patience): Promise<readonly Labels[]>;
  labelNames(source: SeriesSource, query: MetadataQuery, patience?: Patience): Promise<readonly string[]>;
  labelValues(
    source: SeriesSource,
    label: string,
    query: MetadataQuery,
    patience?: Patience,
  ): Promise<readonly string[]>;
}
