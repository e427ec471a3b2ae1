import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricSample } from '@wherry/core/metric';
import type { Report, ReportSubscription } from '@wherry/core/report';
import { settle } from '@wherry/testkit/simulated-clock';
import { durationSeries } from '../metrics/duration-history.ts';
import { mortal, ReportRig } from './report-rig.fixtures.ts';
import { rendered } from './rendered.ts';

const daily = (more: Partial<ReportSubscription> = {}): Omit<ReportSubscription, 'since'> => ({
  ...{ name: 'ops', every: 'day', zone: 'Europe/Berlin', at: 7 * 60, channels: ['mail'] },
  ...more,
});
const ids = async (rig: ReportRig): Promise<readonly string[]> =>
  (await rig.store.list()).map(({ id }) => id).sort();

test('a report a day at seven there, over the days of 23 and 25 hours', async () => {
  for (const [from, to, change, hours] of [
    ['2026-03-27T12:00:00Z', '2026-03-31T12:00:00Z', '2026-03-29', 23],
    ['2026-10-23T12:00:00Z', '2026-10-27T12:00:00Z', '2026-10-25', 25],
  ] as const) {
    const rig = new ReportRig(from);
    const book = rig.book();
    await book.subscribe(daily());
    for (; rig.clock.now() < Date.parse(to); await rig.clock.advance(600_000)) await book.look();
    const reports = await rig.store.list();
    assert.equal(reports.length, 4);
    assert.equal(rig.receiver.told.size, 4);
    assert.equal(rig.receiver.handed.length, 4);
    const changed = reports.find(({ id }) => id === `ops-${change}`);
    assert.equal(((changed?.to ?? 0) - (changed?.from ?? 0)) / 3_600_000, hours);
    for (const { madeAt } of reports)
      assert.equal(
        new Date(madeAt).toLocaleString('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' }),
        '07:00',
      );
    const ordered = [...reports].sort((a, b) => a.from - b.from);
    for (const [at, one] of ordered.entries()) if (at > 0) assert.equal(one.from, ordered[at - 1]?.to);
  }
});

test('when the next one is made is told, and not of one that rests', async () => {
  const rig = new ReportRig('2026-03-27T12:00:00Z');
  const book = rig.book();
  const next = async (): Promise<string | undefined> => {
    const [one] = await book.subscriptions();
    const at = one === undefined ? undefined : book.nextOf(one);
    return at === undefined ? undefined : new Date(at).toISOString();
  };
  await book.subscribe(daily());
  assert.equal(await next(), '2026-03-28T06:00:00.000Z');
  await rig.to('2026-03-28T12:00:00Z');
  await book.look();
  // Summer time begins in that night.
  assert.equal(await next(), '2026-03-29T05:00:00.000Z');
  await book.pause('ops', true);
  assert.equal(await next(), undefined);
});

test('weeks from Monday and months, by their names', async () => {
  const rig = new ReportRig('2026-12-20T12:00:00Z');
  const book = rig.book();
  await book.subscribe(daily({ name: 'weekly', every: 'week', zone: 'UTC' }));
  await book.subscribe(daily({ name: 'monthly', every: 'month', zone: 'UTC' }));
  await rig.to('2027-01-05T00:00:00Z');
  await book.look();
  assert.deepEqual(await ids(rig), [
    'monthly-2026-12',
    'weekly-2026-w51',
    'weekly-2026-w52',
    'weekly-2026-w53',
  ]);
});

/** Runs a book that dies after so many steps, then others until all is sent. */
async function dies(steps: number): Promise<{ rig: ReportRig; died: boolean }> {
  const rig = new ReportRig('2026-11-20T12:00:00Z');
  await rig.book().subscribe(daily({ channels: ['mail', 'chat'] }));
  await rig.to('2026-11-23T08:00:00Z');
  const life = { steps };
  const doomed = rig.book({ store: mortal(rig.store, life), channels: mortal(rig.receiver, life) });
  const looking = doomed.look();
  let over = false;
  void looking.then(() => (over = true));
  for (let n = 0; n < 200 && !over && life.steps > 0; n += 1) await settle();
  await settle();
  await rig.book().look();
  await rig.book().look();
  return { rig, died: life.steps <= 0 };
}

test('whatever step it dies at, each report is made once, and sent once to each channel', async () => {
  let [deaths, repeats] = [0, 0];
  for (let steps = 1; ; steps += 1) {
    const { rig, died } = await dies(steps);
    assert.deepEqual(
      await ids(rig),
      ['ops-2026-11-20', 'ops-2026-11-21', 'ops-2026-11-22'],
      `after ${steps}`,
    );
    const told = [...rig.receiver.told.keys()].sort();
    assert.equal(told.length, 6, `after ${steps}`);
    const states = (await rig.store.list()).flatMap(({ deliveries }) => deliveries.map(({ state }) => state));
    assert.deepEqual(new Set(states), new Set(['sent']));
    // What is handed over again is the same, letter by letter: only so a channel can know it.
    for (const message of rig.receiver.handed) assert.deepEqual(message, rig.receiver.told.get(message.key));
    repeats += rig.receiver.handed.length - told.length;
    if (!died) break;
    deaths += 1;
  }
  assert.ok(deaths > 15, `${deaths} deaths`);
  // The control: some of these deaths came between sending and noting it. Without keys they would have been told twice.
  assert.ok(repeats > 0, 'no death was in the window that keys are for');
});

test('where the disk fails between the report and its note, the report stays the one that was made', async () => {
  const rig = new ReportRig('2026-11-20T12:00:00Z');
  await rig.book().subscribe(daily({ zone: 'UTC' }));
  await rig.to('2026-11-21T08:00:00Z');
  const failing = new Proxy(rig.store, {
    get: (store, name) =>
      name === 'putSubscription'
        ? () => Promise.reject(new Error('the disk is full'))
        : (Reflect.get(store, name) as () => unknown).bind(store),
  });
  await rig.book({ store: failing }).look();
  await rig.clock.advance(600_000);
  await rig.book({ store: failing }).look();
  await rig.book().look();
  assert.equal(rig.receiver.handed.length, 1);
  assert.match(rig.problems[0] ?? '', /the disk is full/);
  assert.equal((await rig.store.list())[0]?.madeAt, Date.parse('2026-11-21T08:00:00Z'));
});

test('what was missed is made up for, thirty-one of it; a clock that goes back makes nothing again', async () => {
  const rig = new ReportRig('2026-01-01T12:00:00Z');
  await rig.book().subscribe(daily({ zone: 'UTC' }));
  await rig.to('2026-06-01T12:00:00Z');
  await rig.book().look();
  assert.equal((await ids(rig)).length, 31);
  assert.equal((await ids(rig)).at(-1), 'ops-2026-05-31');
  rig.clock.jump(-20 * 86_400_000);
  await rig.book().look();
  rig.clock.jump(20 * 86_400_000);
  await rig.book().look();
  assert.equal(rig.receiver.handed.length, 31);
});

test('a channel that takes nothing is tried again and again, seldom, and at last no more; the others are not held up', async () => {
  const rig = new ReportRig('2026-11-20T12:00:00Z');
  const book = rig.book();
  await book.subscribe(daily({ zone: 'UTC' }));
  rig.receiver.refuses = true;
  await rig.to('2026-11-21T07:00:00Z');
  for (; rig.clock.now() < Date.parse('2026-11-21T20:00:00Z'); await rig.clock.advance(60_000))
    await book.look();
  const [delivery] = (await rig.store.list())[0]?.deliveries ?? [];
  assert.equal(delivery?.state, 'due');
  assert.match(delivery.cause ?? '', /nobody is there/);
  assert.ok(delivery.attempts > 10 && delivery.attempts < 30, `${delivery.attempts} attempts`);
  rig.receiver.refuses = false;
  await rig.clock.advance(3_600_000);
  await book.look();
  assert.equal(rig.receiver.told.size, 1);
  rig.receiver.refuses = true;
  await rig.to('2026-11-22T08:00:00Z');
  await book.look();
  await rig.to('2026-11-26T08:00:00Z');
  await book.look();
  const late = (await rig.store.list()).find(({ id }) => id === 'ops-2026-11-21');
  assert.equal(late?.deliveries[0]?.state, 'failed');
});

test('what rests makes nothing, and goes on with the period that is under way', async () => {
  const rig = new ReportRig('2026-11-20T12:00:00Z');
  const book = rig.book();
  await book.subscribe(daily({ zone: 'UTC' }));
  await book.pause('ops', true);
  await rig.to('2026-11-23T12:00:00Z');
  await book.look();
  assert.deepEqual(await ids(rig), []);
  // A kill forgets nothing of it.
  const next = rig.book();
  await next.look();
  await next.pause('ops', false);
  await rig.to('2026-11-24T08:00:00Z');
  await next.look();
  assert.deepEqual(await ids(rig), ['ops-2026-11-23']);
  await assert.rejects(next.pause('nobody', true), { code: 'subscription_unknown' });
  await assert.rejects(next.unsubscribe('nobody'), { code: 'subscription_unknown' });
});

test('what is queued is told as it stands when somebody asks; a dead letter that is sent after all was sent', async () => {
  const rig = new ReportRig('2026-11-20T12:00:00Z');
  const book = rig.book();
  await book.subscribe(daily({ zone: 'UTC' }));
  const key = 'wherry-report-ops-2026-11-20/mail';
  rig.receiver.fates.set(key, { state: 'queued' });
  await rig.to('2026-11-21T08:00:00Z');
  await book.look();
  const states = async (): Promise<unknown> =>
    (await book.list()).map(({ deliveries }) => deliveries.map(({ state, cause }) => [state, cause]));
  assert.deepEqual(await states(), [[['queued', undefined]]]);
  rig.receiver.fates.set(key, { state: 'failed', cause: 'it answered 451' });
  assert.deepEqual(await states(), [[['failed', 'it answered 451']]]);
  await book.look();
  rig.receiver.fates.set(key, undefined);
  assert.deepEqual(await states(), [[['failed', 'it answered 451']]], 'what was said stays');
  rig.receiver.fates.set(key, { state: 'sent' });
  await book.look();
  assert.deepEqual(await states(), [[['sent', undefined]]]);
  assert.equal(rig.receiver.handed.length, 1);
});

test('a look at a period leaves nothing behind; a report by hand goes to whom it names', async () => {
  const rig = new ReportRig('2026-11-20T12:00:00Z');
  const book = rig.book();
  const wish = { every: 'day', zone: 'UTC', channels: ['mail'] } as const;
  await book.preview(wish);
  assert.deepEqual([await ids(rig), rig.receiver.handed.length], [[], 0]);
  await book.make(wish);
  await book.look();
  assert.equal(rig.receiver.handed.length, 1);
});

test('what a report says is what the history and the audit log have, beside the day before', async () => {
  const rig = new ReportRig('2026-11-19T00:00:00Z');
  let count = 0;
  const hello = (name: string, value: number, more: object = {}): MetricSample => ({
    ...{ name, value, kind: 'counter' as const, labels: { function_name: 'hello.openfaas-fn', ...more } },
  });
  for (let at = rig.clock.now() + 60_000; at <= Date.parse('2026-11-22T00:00:00Z'); at += 60_000) {
    count += at > Date.parse('2026-11-20T00:00:00Z') ? 3 : 1;
    await rig.history.append(at, [
      hello('gateway_function_invocation_total', count, { code: '200' }),
      hello('gateway_function_invocation_total', count / 4, { code: '503' }),
      hello('wherry_function_cold_total', count / 8),
      hello('wherry_function_gb_seconds_total', count / 2),
      ...['0.1', '0.2', '0.4', '+Inf'].map((le) => hello(durationSeries, count / 4, { le })),
    ]);
  }
  const entry = (what: string, at: string, status: number, more: object = {}) => ({
    entry: {
      ...{ at: Date.parse(at), who: 'ci', from: '192.0.2.1', what, method: 'POST', call: 'x', status },
      ...{ namespace: 'openfaas-fn', name: 'hello' },
      ...more,
    },
  });
  await rig.audit.append([
    entry('updateFunction', '2026-11-19T12:00:00Z', 202),
    entry('updateFunction', '2026-11-20T12:00:00Z', 202),
    entry('updateFunction', '2026-11-20T13:00:00Z', 400, { error: 'bad_value' }),
    entry('createToken', '2026-11-20T14:00:00Z', 200, { name: 'robot' }),
    entry('listAudit', '2026-11-20T15:00:00Z', 401, { who: '', error: 'unauthenticated', count: 40 }),
  ]);
  await rig.to('2026-11-22T00:00:00Z');
  const wish = { every: 'day', zone: 'UTC', of: Date.parse('2026-11-20T12:00:00Z') } as const;
  const { figures } = await rig.book().make(wish);
  const day = 24 * 60;
  assert.deepEqual(figures.gaps, []);
  const { p50, p95, p99, ...sums } = figures.totals;
  assert.deepEqual(sums, {
    ...{ calls: day * 3.75, errors: day * 0.75, cold: day * 0.375, wakeSeconds: 0, cpuSeconds: 0 },
    gbSeconds: day * 1.5,
  });
  assert.ok(Math.abs((p50 ?? 0) - 0.2) < 1e-9 && p95 === 0.4 && p99 === 0.4);
  assert.deepEqual([figures.before.calls, figures.before.errors], [day * 1.25, day / 4]);
  assert.equal(figures.functions[0]?.callsBefore, day * 1.25);
  assert.deepEqual(figures.failures, [
    { ...{ namespace: 'openfaas-fn', name: 'hello', status: 503 }, calls: day * 0.75, callsBefore: day / 4 },
  ]);
  assert.deepEqual(
    figures.deploys.map(({ at }) => new Date(at).toISOString().slice(11, 13)),
    ['12'],
  );
  assert.deepEqual(
    figures.security?.changes.map(({ what, on }) => [what, on]),
    [['createToken', 'robot.openfaas-fn']],
  );
  assert.equal(figures.security?.refusals[0]?.error, 'unauthenticated');
  const mine = await rig.book().make({ ...wish, namespace: 'team-a' });
  assert.deepEqual(
    [mine.figures.totals.calls, mine.figures.security, mine.figures.deployCount],
    [0, undefined, 0],
  );
  const { text } = rendered(await rig.book().make(wish));
  assert.match(text, /calls +5,400 +1,800 +\+200 %/);
});

test('nothing that others chose is more than text in mail and page', async () => {
  const rig = new ReportRig('2026-11-20T12:00:00Z');
  const { figures, ...head } = await rig.book().make({ every: 'day', zone: 'UTC' });
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\r\nBcc: x\u202e\u0000`\'&amp;';
  const change = { at: 0, who: evil, what: evil, on: evil };
  const report: Report = {
    ...{ ...head, namespace: evil },
    figures: {
      ...figures,
      functions: [{ ...figures.totals, namespace: evil, name: evil, callsBefore: 1, errorsBefore: 0 }],
      failures: [{ namespace: evil, name: evil, status: 500, calls: 1, callsBefore: 0 }],
      deploys: [change],
      security: {
        ...{
          refusals: [{ error: evil, who: evil, count: 1 }],
          refusalCount: 1,
          changes: [change],
          changeCount: 1,
        },
      },
      gaps: [evil],
    },
  };
  const { html, subject, text } = rendered(report);
  assert.doesNotMatch(html, /<script|<img|\u202e|\u0000/);
  const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag));
  const known = [
    'html',
    'head',
    'meta',
    'title',
    'body',
    'h1',
    'h2',
    'p',
    'strong',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
  ];
  assert.deepEqual(
    [...tags].filter((tag) => !known.includes(tag ?? '')),
    [],
  );
  assert.doesNotMatch(html, /<[^>]*(?:\son\w+=|href=|src=|url\()/i);
  assert.doesNotMatch(subject, /[\r\n]/);
  assert.doesNotMatch(text, /\u202e|\u0000|\r|^Bcc/m);
});
