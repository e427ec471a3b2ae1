import type { MetricFamily } from '@wherry/core/metric';
import type { AlertBook } from '../alerts/alert-book.ts';
import { channelOf } from '../queue/notices.ts';
import { family, single } from './families.ts';
import type { Source } from './measuring.ts';

/** What waits longer than this for its channel counts as not delivered. */
const lateMs = 600_000;

/** How alerting is: whoever scrapes sees what it could not tell. */
export const alertMetrics = (
  book: Pick<
    AlertBook,
    'health' | 'list' | 'failing' | 'channels' | 'deliveries' | 'rounds' | 'spentSeconds'
  >,
): Source =>
  function* ({ lanes, now }): Iterable<MetricFamily> {
    const { working, lastEvaluationSeconds } = book.health;
    yield single(
      'wherry_alerts_last_evaluation_seconds',
      'gauge',
      'How long ago every alert rule was looked at',
      lastEvaluationSeconds,
    );
    yield single('wherry_alerts_working', 'gauge', 'Whether alerts are evaluated and kept', working ? 1 : 0);
    yield single('wherry_alerts_evaluations_total', 'counter', 'Looks at all alert rules', book.rounds);
    yield single(
      'wherry_alerts_evaluation_seconds_total',
      'counter',
      'How long these took',
      book.spentSeconds,
    );
    yield single(
      'wherry_alerts_rules_failing',
      'gauge',
      'Alert rules that cannot be evaluated',
      book.failing.size,
    );
    const states = new Map<string, { readonly rule: string; readonly state: string; count: number }>();
    for (const { rule, state } of book.list()) {
      const key = `${rule} ${state}`;
      const one = states.get(key) ?? { rule, state, count: 0 };
      one.count += 1;
      states.set(key, one);
    }
    yield family(
      'wherry_alerts',
      'gauge',
      'Alerts by rule and state',
      states.values(),
      ({ rule, state, count }) => [{ alertname: rule, alertstate: state }, count],
    );
    const outcomes = [...book.deliveries.counts].flatMap(([channel, { sent, failed }]) => [
      { channel, outcome: 'sent', count: sent },
      { channel, outcome: 'failed', count: failed },
    ]);
    yield family(
      'wherry_alerts_messages_total',
      'counter',
      'Messages to channels and how they ended',
      outcomes,
      ({ channel, outcome, count }) => [{ channel, outcome }, count],
    );
    const there = new Set(book.channels.list().map(({ name }) => name));
    const stuck = [...lanes.values()].flatMap(({ lane, dead, waiting, running, oldest = now }) => {
      const channel = channelOf(lane);
      // One that is being tried again has not arrived either.
      const count = dead + (now - oldest > lateMs ? waiting + running : 0);
      // What is left of one that is gone can't be delivered, and nobody expects it.
      return channel === undefined || count === 0 || !there.has(channel) ? [] : [{ channel, count }];
    });
    yield family(
      'wherry_alerts_undelivered',
      'gauge',
      'Messages that a channel did not take: given up, or waiting for more than ten minutes',
      stuck,
      ({ channel, count }) => [{ channel }, count],
    );
  };
