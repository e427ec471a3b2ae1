// Long because: every promise of the port is one test, and they share their rounds.
import assert from 'node:assert/strict';
import type { MetricSample, MetricSeries } from '@wherry/core/metric';
import type { MetricHistory, MetricQuery } from '@wherry/core/ports/metric-history';
import { hostileStrings } from './hostile-strings.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { promisesOf, type OpenStore } from './store-under-test.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const step = 10 * second;
const start = Date.UTC(2026, 0, 1);
const ever = { from: start - hour, to: start + 20 * 365 * 24 * hour };

export const counter = (name: string, value: number, labels: Record<string, string> = {}): MetricSample => ({
  ...{ name, labels, value },
  kind: 'counter',
});
export const gauge = (name: string, value: number, labels: Record<string, string> = {}): MetricSample => ({
  ...{ name, labels, value },
  kind: 'gauge',
});
const named = (value: string): MetricQuery => ({
  matchers: [{ label: '__name__', is: '=', value }],
  ...ever,
});

/** What a counter grew by, by the rule that everybody reads counters by: what is less than before began at nothing. */
export function increaseOf({ values }: Pick<MetricSeries, 'values'>): number {
  const there = [...values].filter((value) => !Number.isNaN(value));
  return there
    .slice(1)
    .reduce((sum, value, at) => sum + (value < there[at]! ? value : value - there[at]!), 0);
}

const byName = ([one]: [string, string], [other]: [string, string]): number => (one < other ? -1 : 1);
const pairs = ({ times, values }: MetricSeries): number[][] =>
  [...times].map((time, at) => [time, values[at]!]);

/** What every MetricHistory promises, from the doc comments of the port. */
export function metricHistoryConformance(name: string, open: OpenStore<MetricHistory>): void {
  const promise = promisesOf(name, open);

  /** Rounds one step apart; `sample` says what is there in each. */
  async function rounds(
    store: MetricHistory,
    clock: SimulatedClock,
    count: number,
    sample: (round: number) => readonly MetricSample[] | undefined,
  ): Promise<void> {
    for (let round = 0; round < count; round += 1) {
      const samples = sample(round);
      if (samples !== undefined) assert.equal(await store.append(clock.now(), samples), 0);
      await clock.advance(step);
    }
  }
  const only = async (store: MetricHistory, query: MetricQuery): Promise<MetricSeries> => {
    const found = await store.read(query);
    assert.equal(found.length, 1, `${found.length} series`);
    return found[0]!;
  };

  promise('samples come back as they were given, and a counter begins at nothing', async (store) => {
    const clock = new SimulatedClock(start);
    await rounds(store, clock, 2, () => [gauge('g', 0.1)]);
    await rounds(store, clock, 3, (round) => [gauge('g', -round / 3), counter('c', 5 + round)]);
    const g = await only(store, named('g'));
    assert.deepEqual(
      pairs(g),
      [0.1, 0.1, -0, -1 / 3, -2 / 3].map((value, at) => [start + at * step, value]),
    );
    assert.equal(g.everyMs, step);
    assert.deepEqual(
      pairs(await only(store, named('c'))),
      [0, 5, 6, 7].map((value, at) => [start + (1 + at) * step, value]),
    );
    const part = { ...named('c'), from: start + 2 * step, to: start + 3 * step };
    assert.deepEqual([...(await only(store, part)).values], [5, 6]);
    assert.deepEqual(await store.read({ ...named('c'), from: start + hour }), []);
    assert.deepEqual(await store.read(named('unknown')), []);
  });

  promise('what is missing has ended, once; what nobody sampled is a gap and no zero', async (store, on) => {
    const clock = new SimulatedClock(start);
    const all = [counter('stays', 1), counter('goes', 1)];
    await rounds(store, clock, 3, () => all);
    await rounds(store, clock, 3, () => all.slice(0, 1));
    await rounds(store, clock, 6, () => undefined);
    const again = (await on.reopen?.()) ?? store;
    await rounds(again, clock, 2, () => all);
    const at = (round: number) => start + round * step;
    assert.deepEqual(pairs(await only(again, { ...named('goes'), from: start })), [
      ...[at(0), at(1), at(2)].map((time) => [time, 1]),
      [at(3), NaN],
      ...[at(12), at(13)].map((time) => [time, 1]),
    ]);
    const stays = await only(again, { ...named('stays'), from: start });
    assert.deepEqual([...stays.times], [0, 1, 2, 3, 4, 5, 12, 13].map(at));
    // The coarse levels tell the same story.
    const coarse = await only(again, { ...named('goes'), coarsestMs: minute });
    assert.equal(coarse.everyMs, minute);
    assert.equal(coarse.values.filter((value) => Number.isNaN(value)).length, 1);
  });

  promise('what ends between two blocks of time has ended, too', async (store, on) => {
    const clock = new SimulatedClock(start + 2 * hour - step);
    await rounds(store, clock, 2, () => [gauge('goes', 1), gauge('stays', 1)]);
    const again = (await on.reopen?.()) ?? store;
    await rounds(again, clock, 3, () => [gauge('stays', 1)]);
    assert.deepEqual([...(await only(again, named('goes'))).values], [1, 1, NaN]);
  });

  promise(
    'a counter grew by the same on every level, over restarts and from its first call',
    async (store, on) => {
      const clock = new SimulatedClock(start + 7 * minute + 20 * second);
      let grown = 0;
      let value = 0;
      const next = (round: number): MetricSample[] => {
        if (round % 371 === 370) value = 0;
        const more = (round * 7919) % 5;
        value += more;
        grown += more;
        return round < 45 ? [gauge('g', round)] : [counter('late', value), gauge('g', round)];
      };
      let current = store;
      const steps = 1300;
      for (let part = 0; part < 4; part += 1) {
        await rounds(current, clock, steps / 4, (round) => next((part * steps) / 4 + round));
        current = (await on.reopen?.()) ?? current;
      }
      for (const coarsestMs of [0, minute, hour]) {
        const series = await only(current, { ...named('late'), coarsestMs });
        assert.equal(series.everyMs, Math.max(step, coarsestMs));
        assert.equal(increaseOf(series), grown, `by ${series.everyMs}`);
        assert.ok(series.times.every((time, at) => at === 0 || time > series.times[at - 1]!));
      }
      // Over hours that are over, too, from end to end.
      const [from, to] = [start + hour, start + 3 * hour];
      const fine = await only(current, { ...named('late'), from, to });
      assert.equal(
        increaseOf(await only(current, { ...named('late'), from, to, coarsestMs: hour })),
        increaseOf(fine),
      );
      assert.equal(
        increaseOf(await only(current, { ...named('late'), from, to, coarsestMs: minute })),
        increaseOf(fine),
      );
    },
  );

  promise('a coarse gauge has a mean, a least and a greatest', async (store) => {
    const clock = new SimulatedClock(start + step);
    await rounds(store, clock, 800, (round) => [gauge('g', round % 6)]);
    for (const [stat, wanted] of [
      ['mean', 2.5],
      ['min', 0],
      ['max', 5],
    ] as const) {
      const query = { ...named('g'), coarsestMs: minute, stat, to: start + 2 * hour };
      const { times, values } = await only(store, query);
      assert.deepEqual([...values], new Array(120).fill(wanted));
      assert.deepEqual(
        [...times],
        [...times].map((_, at) => start + (1 + at) * minute),
      );
    }
    assert.deepEqual(
      [...(await only(store, { ...named('g'), coarsestMs: 59 * second })).values].slice(0, 3),
      [0, 1, 2],
    );
  });

  promise('what is old is read from the finest level that is kept so far back', async (store) => {
    const clock = new SimulatedClock(start);
    await rounds(store, clock, 2, () => [gauge('g', 1)]);
    const levels = [
      [47 * hour, step],
      [49 * hour, minute],
      [32 * 24 * hour, hour],
      [999 * 24 * hour, hour],
    ] as const;
    for (const [back, everyMs] of levels)
      assert.equal(
        (await only(store, { ...named('g'), from: start - back, to: start + hour })).everyMs,
        everyMs,
      );
  });

  promise('selects by names and labels, with patterns that match whole values', async (store) => {
    const labels = [{ code: '200', path: '/a' }, { code: '404' }, { code: '500', path: '/a\n/b' }];
    await store.append(start, [...labels.map((one) => gauge('calls', 1, one)), gauge('others', 1)]);
    const codes = async (label: string, is: '=' | '!=' | '=~' | '!~', value: string) =>
      (await store.series({ matchers: [{ label, is, value }], ...ever })).map(
        (one) => one.labels['code'] ?? '',
      );
    assert.deepEqual(await codes('code', '=', '404'), ['404']);
    assert.deepEqual(await codes('code', '!=', '404'), ['200', '500', '']);
    assert.deepEqual(await codes('code', '=~', '4.|5..'), ['500']);
    assert.deepEqual(await codes('code', '!~', '[45]..'), ['200', '']);
    assert.deepEqual(await codes('path', '=', ''), ['404', '']);
    assert.deepEqual(await codes('path', '=~', '/a.+'), ['500']);
    assert.deepEqual(await codes('__name__', '=~', 'oth.*'), ['']);
    assert.deepEqual(await codes('constructor', '!=', ''), []);
    const began = performance.now();
    await store.append(start + step, [gauge('calls', 1, { code: 'a'.repeat(1000) })]);
    assert.deepEqual(await codes('code', '=~', '(a|aa|a*)*b'), []);
    assert.ok(performance.now() - began < 5000);
    for (const value of ['(', 'a{99999}', '(?=a)', '\\1', 'x'.repeat(10_000)])
      await assert.rejects(codes('code', '=~', value), { code: 'bad_query' });
  });

  promise(
    'labels come back whatever is in them; what is too long, too much or no number is not kept',
    async (store) => {
      const odd = hostileStrings.filter((text) => text !== '' && text.length <= 200);
      const series = odd.map((text) => gauge('odd', 1, { [text]: text, ...JSON.parse('{"__proto__":"p"}') }));
      assert.equal(await store.append(start, series), odd.filter((text) => text === '__name__').length);
      const found = (await store.series(named('odd'))).map(({ labels }) =>
        JSON.stringify(Object.entries(labels).sort(byName)),
      );
      assert.deepEqual(
        new Set(found),
        new Set(series.map(({ labels }) => JSON.stringify(Object.entries(labels).sort(byName)))),
      );
      const unfit = [
        gauge('x'.repeat(300), 1),
        gauge('', 1),
        gauge('n', NaN),
        gauge('n', Infinity),
        gauge('n', 1, { a: 'x'.repeat(5000) }),
        gauge('n', 1, { ['x'.repeat(300)]: 'a' }),
        gauge('n', 1, Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`l${at}`, 'x']))),
        gauge('n', 1, { __name__: 'm' }),
      ];
      assert.equal(
        await store.append(start + step, [...unfit, gauge('fit', 1), gauge('fit', 2), counter('fit', 3)]),
        10,
      );
      assert.deepEqual([...(await only(store, named('fit'))).values], [1]);
      const many = Array.from({ length: 1100 }, (_, at) =>
        gauge('many', at, { function_name: 'f', at: `${at}` }),
      );
      assert.equal(await store.append(start + 2 * step, many), 100);
      assert.equal((await store.read(named('many'))).length, 1000);
    },
  );

  promise('a clock that goes back an hour stands still; nothing comes before what was', async (store) => {
    const clock = new SimulatedClock(start + hour);
    await rounds(store, clock, 10, (round) => [counter('c', round)]);
    clock.jump(-hour);
    await rounds(store, clock, 360 + 10, (round) => [counter('c', 10 + round)]);
    const { times, values } = await only(store, { ...named('c'), from: start });
    assert.ok(times.every((time, at) => at === 0 || time > times[at - 1]!));
    assert.equal(values.at(-1), 379);
    assert.equal(increaseOf({ values }), 379);
  });

  promise(
    'a clock that leaps ten years ahead and comes back costs nothing but what was kept meanwhile',
    async (store, on) => {
      const clock = new SimulatedClock(start);
      const years = 10 * 365 * 24 * hour;
      await rounds(store, clock, 100, (round) => [counter('c', round)]);
      clock.jump(years);
      await rounds(store, clock, 900, (round) => [counter('c', 100 + round)]);
      await store.prune(clock.now(), Infinity);
      const again = (await on.reopen?.()) ?? store;
      clock.jump(-years);
      await rounds(again, clock, 900, (round) => [counter('c', 1000 + round)]);
      await again.prune(clock.now(), Infinity);
      for (const coarsestMs of [0, minute, hour]) {
        const { times, values } = await only(again, { ...named('c'), from: start - hour, coarsestMs });
        assert.ok(times[0]! <= start + hour && times.at(-1)! <= clock.now(), `${coarsestMs}`);
        assert.equal(increaseOf({ values }), 1899);
      }
    },
  );

  promise('prune drops what is too old, and series with it, and what goes beyond the room', async (store) => {
    const clock = new SimulatedClock(start);
    await rounds(store, clock, 100, (round) => [gauge('old', round / 7), gauge('both', round / 7)]);
    await clock.advance(3 * 24 * hour);
    await rounds(store, clock, 100, (round) => [gauge('both', round / 7)]);
    // On the day after a leap nothing grows old.
    await store.prune(clock.now(), Infinity);
    assert.equal((await only(store, { ...named('both'), from: clock.now() - hour })).times.length, 100);
    assert.equal((await only(store, { ...named('both'), from: start, coarsestMs: 0 })).everyMs, minute);
    for (let day = 0; day < 40; day += 1) {
      await clock.advance(24 * hour);
      await rounds(store, clock, 2, () => [gauge('both', 1)]);
      await clock.advance(3 * hour);
      await rounds(store, clock, 2, () => [gauge('both', 1)]);
    }
    await store.prune(clock.now(), Infinity);
    assert.equal((await only(store, { ...named('both'), from: clock.now() - 47 * hour })).everyMs, step);
    assert.equal((await store.series({ ...named('old'), coarsestMs: hour })).length, 1);
    await store.prune(clock.now(), 0);
    assert.deepEqual(await store.series({ ...named('old'), coarsestMs: hour }), []);
    assert.ok((await store.read(named('both'))).length > 0, 'what is in no block yet stays');
  });

  promise('a function has room for its instances', async (store) => {
    const clock = new SimulatedClock(start);
    const of = (day: number, wake: number) =>
      ['a', 'b', 'c'].map((name) =>
        gauge(`use_${name}`, wake, { function_name: 'f.n', instance: `${day}-${wake}` }),
      );
    for (let day = 0; day < 40; day += 1) {
      for (let wake = 0; wake < 20; wake += 1) {
        assert.equal(
          await store.append(clock.now(), [...of(day, wake), gauge('calls', day, { function_name: 'f.n' })]),
          0,
        );
        clock.jump(hour);
      }
      clock.jump(4 * hour);
      await store.prune(clock.now(), Infinity);
    }
    const seen = (instance: string) =>
      store.series({ matchers: [{ label: 'instance', is: '=', value: instance }], ...ever });
    for (const instance of ['0-0', '12-7', '39-19']) assert.equal((await seen(instance)).length, 3, instance);
  });

  promise('answers have an end', async (store) => {
    const of = (group: number) =>
      Array.from({ length: 700 }, (_, at) => gauge('many', at, { function_name: `f${group}`, at: `${at}` }));
    await store.append(start, Array.from({ length: 30 }, (_, group) => of(group)).flat());
    await assert.rejects(store.read(named('many')), { code: 'too_much_asked' });
    assert.equal((await store.series(named('many'))).length, 21_000);
    const few = { label: 'function_name', is: '=', value: 'f7' } as const;
    assert.equal((await store.read({ ...named('many'), matchers: [few] })).length, 700);
  });
}
