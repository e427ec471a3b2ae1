/** The names and values that tell the series of a metric apart, without its name. */
export type Labels = Readonly<Record<string, string>>;

export type MetricKind = 'counter' | 'gauge';

/** A number as it was at one moment. Buckets, sum and count of a histogram are counters, as Prometheus's text format has them. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Labels;
  /** A counter only grows, and begins at nothing again when the gateway does. */
  readonly kind: MetricKind;
  readonly value: number;
}

/** What is known under one name: of a histogram the samples of `_bucket`, `_sum` and `_count`. */
export interface MetricFamily {
  readonly name: string;
  readonly type: MetricKind | 'histogram';
  /** One line for people. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/** One condition on a label; `__name__` is the metric's name, and a label that is not there is an empty one. Patterns are anchored at both ends. */
export interface LabelMatcher {
  readonly label: string;
  readonly is: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A series over some time. Times ascend, in milliseconds since 1970. A value that is NaN says that the series ended there; between samples further apart than `everyMs` nothing is known. */
export interface MetricSeries {
  readonly name: string;
  readonly labels: Labels;
  /** How far apart its samples are: what is old is kept coarser. */
  readonly everyMs: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
}
