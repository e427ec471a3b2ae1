// Long because: every function is here, with the numbers and series that are hard for it.

/** Each gives the same answer, or an error, in Prometheus and here. */
export const functionQueries: readonly string[] = [
  // Functions of ranges
  ...['rate', 'increase', 'irate', 'resets', 'changes'].flatMap((name) => [
    `${name}(requests_total[5m])`,
    `${name}(requests_total[47s])`,
    `${name}(requests_total[15s])`,
    `${name}(errors_total[30m] offset 5m)`,
    `${name}(latency_seconds_bucket[13m])`,
    `${name}(level{kind="steady"}[2m])`,
  ]),
  ...['delta', 'idelta', 'deriv', 'changes', 'resets'].flatMap((name) => [
    `${name}(temperature[5m])`,
    `${name}(temperature[21s])`,
    `${name}(level[7m])`,
    `${name}(nothing[5m])`,
  ]),
  ...['avg', 'min', 'max', 'sum', 'count', 'last', 'stddev', 'stdvar', 'present', 'absent'].flatMap(
    (name) => [
      `${name}_over_time(temperature[5m])`,
      `${name}_over_time(level[90s])`,
      `${name}_over_time(odd[3m])`,
      `${name}_over_time(temperature{job="api"}[1h] offset 20m)`,
      `${name}_over_time((temperature > 15)[10m:1m])`,
    ],
  ),
  ...[
    'quantile_over_time(0.9, temperature[5m])',
    'quantile_over_time(2, temperature[5m])',
    'quantile_over_time(-2, temperature[5m])',
  ],
  ...[
    'quantile_over_time(NaN, temperature[5m])',
    'quantile_over_time(scalar(limit{job="api"}) / 50, temperature[5m])',
  ],
  ...[
    'predict_linear(temperature[10m], 600)',
    'predict_linear(temperature[10m] offset 5m, 600)',
    'predict_linear(level{kind="steady"}[5m], 60)',
  ],
  ...[
    'max_over_time(rate(requests_total[5m])[20m:1m])',
    'sum_over_time(vector(1)[10m:2m])',
    'avg_over_time((level / 0)[10m:1m])',
  ],
  ...[
    'max_over_time((level / 0)[10m:1m])',
    'changes((level / 0)[10m:1m])',
    'deriv(level[10m:1m])',
    'rate(requests_total[10m:1m] offset 2m)',
  ],
  ...[
    'min_over_time(max_over_time(temperature[2m])[10m:1m])',
    'rate({__name__=~"requests_total|errors_total"}[5m])',
    'count_over_time(time()[5m:1m])',
  ],
  ...[
    'last_over_time({__name__=~"requests_total|errors_total"}[5m])',
    '-rate(requests_total[5m])',
    'quantile_over_time(0.5, (level / 0)[10m:1m])',
  ],
  ...[
    'max_over_time(sum(temperature)[7m:])',
    'sum(rate(requests_total{code="500"}[5m])) / sum(rate(requests_total[5m]))',
  ],
  // Functions of values
  ...['abs', 'ceil', 'floor', 'exp', 'ln', 'log2', 'log10', 'sqrt', 'sgn', 'round'].flatMap((name) => [
    `${name}(temperature)`,
    `${name}(level)`,
    `${name}(odd)`,
    `${name}(-temperature / 0)`,
  ]),
  ...[
    'round(temperature, 5)',
    'round(temperature, 0.25)',
    'round(temperature, 0)',
    'round(temperature, -2)',
    'round(level, NaN)',
  ],
  ...[
    'clamp(temperature, 5, 15)',
    'clamp(temperature, 15, 5)',
    'clamp(temperature, NaN, 5)',
    'clamp_min(temperature, 10)',
    'clamp_max(temperature, 10)',
  ],
  ...[
    'clamp_min(level / 0, Inf)',
    'clamp_max(level / 0, -Inf)',
    'clamp(odd, -5, 5)',
    'clamp_min(temperature, scalar(limit{job="web"}))',
    'abs({__name__=~"limit|build_info"})',
  ],
  ...['abs({__name__=~"limit|temperature"})', 'abs(-{job="api",zone="north"})'],
  ...[
    'histogram_quantile(0.9, rate(latency_seconds_bucket[5m]))',
    'histogram_quantile(0.5, latency_seconds_bucket)',
    'histogram_quantile(0, latency_seconds_bucket)',
  ],
  ...[
    'histogram_quantile(1, latency_seconds_bucket)',
    'histogram_quantile(-1, latency_seconds_bucket)',
    'histogram_quantile(1.1, latency_seconds_bucket)',
  ],
  ...[
    'histogram_quantile(NaN, latency_seconds_bucket)',
    'histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[10m])))',
    'histogram_quantile(0.9, temperature)',
  ],
  ...[
    'histogram_quantile(0.9, latency_seconds_bucket{le!="+Inf"})',
    'histogram_quantile(0.9, latency_seconds_bucket{le="+Inf"})',
    'histogram_quantile(0.9, latency_seconds_bucket * 0)',
  ],
  ...[
    'histogram_quantile(0.9, -latency_seconds_bucket)',
    'histogram_quantile(scalar(vector(0.7)), latency_seconds_bucket)',
  ],
  ...[
    'histogram_quantile(0.3, label_replace(latency_seconds_bucket{le="1"}, "le", "-1", "le", ".*") or latency_seconds_bucket{le="+Inf"})',
  ],
  ...[
    'histogram_quantile(0.6, label_replace(latency_seconds_bucket{le="1"}, "le", "1.0", "le", ".*") or latency_seconds_bucket)',
  ],
  ...['histogram_quantile(0.6, label_replace(latency_seconds_bucket, "le", "x", "le", "1"))'],
  ...[
    'label_replace(temperature, "place", "$1-x", "zone", "(.*)r(.*)")',
    'label_replace(temperature, "zone", "", "zone", ".*")',
    'label_replace(limit, "job", "", "job", "api")',
  ],
  ...[
    'label_replace(temperature, "place", "${1}${2}", "zone", "(n)(?:o)(r).*")',
    'label_replace(temperature, "place", "$$1 $9 $name", "zone", "(.*)")',
  ],
  ...[
    'label_replace(limit, "place", "${first}/$first", "job", "(?P<first>a|w).*")',
    'label_replace(limit, "__name__", "$1_x", "job", "(.*)")',
    'label_replace(limit, "new", "x", "missing", "")',
  ],
  ...[
    'label_replace(limit, "new-", "x", "job", ".*")',
    'label_replace(limit, "job", "same", "job", ".*")',
    'label_replace(limit, "new", "x", "job", "(")',
    'label_replace(limit, "job", "x$1y", "job", "pi")',
  ],
  ...[
    'label_join(temperature, "both", "-", "job", "zone")',
    'label_join(temperature, "both", "", "zone", "missing", "job")',
    'label_join(temperature, "zone", "-")',
  ],
  ...[
    'label_join(limit, "job", "-", "job")',
    'label_join(limit, "a-", "-", "job")',
    'label_join(limit, "a", "-", "j-")',
    'label_join(limit, "job", ",", "missing")',
  ],
  ...[
    'absent(nothing)',
    'absent(nothing{job="a",zone!="b",kind=~"c"})',
    'absent(nothing{job="a",job="b"})',
    'absent(temperature)',
    'absent(sum(nothing))',
  ],
  ...[
    'absent((nothing{job="a"}))',
    'absent(nothing{__name__="x"})',
    'absent({job="nobody"})',
    'absent_over_time(nothing{job="a"}[5m])',
    'absent_over_time(nothing{job="a"}[5m:1m])',
  ],
  ...[
    'absent(temperature{job="cache"} > 100)',
    'absent(nothing{job!="x",job="y"})',
    'absent(level{kind="steady"})',
  ],
  ...[
    'scalar(limit)',
    'scalar(limit{job="api"})',
    'scalar(nothing)',
    'vector(1)',
    'vector(time())',
    'time()',
    'time() - 100',
    'vector(scalar(limit{job="web"}))',
  ],
  ...[
    'timestamp(limit)',
    'timestamp((limit))',
    'timestamp(limit + 1)',
    'timestamp(limit offset 5m)',
    'timestamp(vector(1))',
    'timestamp(timestamp(limit))',
  ],
  ...[
    'sort(temperature)',
    'sort_desc(temperature)',
    'sort(sum by (job) (temperature))',
    'sort_desc(level / 0)',
    'sort(odd{kind!="nought"})',
  ],
  ...[
    'minute',
    'hour',
    'day_of_week',
    'day_of_month',
    'day_of_year',
    'days_in_month',
    'month',
    'year',
  ].flatMap((name) => [
    `${name}()`,
    `${name}(when)`,
    `${name}(vector(951782400))`,
    `${name}(-temperature * 1e6)`,
  ]),
  ...[
    'sum(rate(requests_total[5m])) by (job) > 0.1 and on(job) limit > 1',
    'limit * 1e-30',
    'limit * 1e30',
    'avg(rate(requests_total[3m])) without(code, instance)',
  ],
];
