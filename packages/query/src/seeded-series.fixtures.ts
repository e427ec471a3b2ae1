import type { MetricSeries } from '@wherry/core/metric';

export const rounds = 720;
export const everyMs = 10_000;

type Next = (round: number) => number | undefined;

/**
 * Two hours of counters that begin again, gauges, histograms and oddities, with gaps and ends. No sample stands at a whole second, so that
 * it makes no difference whether a range has its first moment inside (Prometheus 2) or outside (Prometheus 3).
 */
export function seededSeries(start: number, random: () => number): MetricSeries[] {
  const made: MetricSeries[] = [];
  const add = (name: string, labels: Record<string, string>, next: Next): void => {
    const shift = 137 + Math.floor(random() * 700);
    const [from, gap, length] = [
      random() < 0.3 ? Math.floor(random() * 200) : 0,
      random() * 900,
      random() * 90,
    ];
    const ends = random() < 0.3 ? Math.floor(random() * rounds) : rounds;
    const times: number[] = [];
    const values: number[] = [];
    for (let round = from; round < rounds; round += 1) {
      const value = next(round);
      if (round > ends && round < ends + 60) continue;
      if (value === undefined || (round > gap && round < gap + length)) continue;
      times.push(start + round * everyMs + shift);
      values.push(round === ends ? Number.NaN : value);
    }
    made.push({ name, labels, everyMs, times: Float64Array.from(times), values: Float64Array.from(values) });
  };
  const counter = (most: number, whole = true): Next => {
    let value = 500 + Math.floor(random() * 5_000);
    return () => {
      value += whole ? Math.floor(random() * most) : random() * most;
      if (random() < 0.01) value = 400 + Math.floor(random() * 100);
      return random() < 0.02 ? undefined : value;
    };
  };
  for (const job of ['api', 'web', 'db'])
    for (const instance of ['a:1', 'b:2'])
      for (const code of ['200', '404', '500']) {
        add('requests_total', { job, instance, code }, counter(30));
        if (code !== '404') add('errors_total', { job, instance, code }, counter(3, false));
      }
  for (const job of ['api', 'web', 'db', 'cache'])
    for (const zone of ['north', 'süd'])
      add('temperature', { job, zone }, (round) => 20 + Math.sin(round / 50) * 15 + random() * 8 - 12);
  for (const job of ['api', 'web', 'db']) {
    add('build_info', { job, version: `1.${made.length}`, team: `t${made.length % 2}` }, () => 1);
    add('limit', { job }, () => 25 + Math.floor(random() * 3));
  }
  for (const job of ['api', 'web']) {
    const bounds = ['0.05', '0.1', '0.5', '1', '2.5', '+Inf'];
    const counts = bounds.map(() => 10 + random() * 50);
    bounds.forEach((le, index) => {
      add('latency_seconds_bucket', { job, le }, () => {
        counts[index] = (counts[index] ?? 0) + random() * 4;
        return Math.floor(counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0));
      });
    });
    add('latency_seconds_count', { job }, counter(20));
  }
  add('level', { kind: 'steps' }, (round) => Math.floor(round / 7) % 5);
  add('level', { kind: 'steady' }, () => 7);
  add('level', { kind: 'signs' }, (round) => (round % 3) - 1);
  add('level', { kind: 'small' }, () => random() * 1e-9);
  add('level', { kind: 'huge' }, () => random() * 1e25);
  add('odd', { kind: 'endless' }, (round) => (round % 5 === 0 ? Infinity : 3));
  add('odd', { kind: 'below' }, (round) => (round % 7 === 0 ? -Infinity : 4));
  add('odd', { kind: 'nought' }, () => 0);
  add('when', { kind: 'now' }, (round) => start / 1000 + round * 7_000);
  return made;
}
