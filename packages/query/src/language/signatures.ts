import type { ValueType } from './tree.ts';

export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last arguments may be left out. */
  readonly optional: number;
  /** The last argument may come any number of times. */
  readonly repeats: boolean;
  readonly gives: ValueType;
}

const taking = (args: readonly ValueType[], gives: ValueType = 'vector', optional = 0): Signature => ({
  args,
  optional,
  repeats: false,
  gives,
});

const each = (names: string, signature: Signature): Record<string, Signature> =>
  Object.fromEntries(names.split(' ').map((name) => [name, signature]));

/** Every function that there is. */
export const signatures: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    ...each('rate increase irate delta idelta deriv resets changes', taking(['matrix'])),
    ...each(
      'avg_over_time min_over_time max_over_time sum_over_time count_over_time last_over_time',
      taking(['matrix']),
    ),
    ...each('stddev_over_time stdvar_over_time present_over_time absent_over_time', taking(['matrix'])),
    quantile_over_time: taking(['scalar', 'matrix']),
    predict_linear: taking(['matrix', 'scalar']),
    ...each('abs ceil floor exp ln log2 log10 sqrt sgn absent sort sort_desc timestamp', taking(['vector'])),
    round: taking(['vector', 'scalar'], 'vector', 1),
    clamp: taking(['vector', 'scalar', 'scalar']),
    ...each('clamp_min clamp_max', taking(['vector', 'scalar'])),
    histogram_quantile: taking(['scalar', 'vector']),
    label_replace: taking(['vector', 'string', 'string', 'string', 'string']),
    label_join: {
      args: ['vector', 'string', 'string', 'string'],
      optional: 1,
      repeats: true,
      gives: 'vector',
    },
    scalar: taking(['vector'], 'scalar'),
    vector: taking(['scalar']),
    time: taking([], 'scalar'),
    ...each(
      'minute hour day_of_week day_of_month day_of_year days_in_month month year',
      taking(['vector'], 'vector', 1),
    ),
  }),
);

/** What aggregates, and what it needs beside the series. */
export const aggregations: ReadonlyMap<string, 'scalar' | 'string' | undefined> = new Map<
  string,
  'scalar' | 'string' | undefined
>([
  ['sum', undefined],
  ['avg', undefined],
  ['min', undefined],
  ['max', undefined],
  ['count', undefined],
  ['group', undefined],
  ['stddev', undefined],
  ['stdvar', undefined],
  ['topk', 'scalar'],
  ['bottomk', 'scalar'],
  ['quantile', 'scalar'],
  ['count_values', 'string'],
]);
