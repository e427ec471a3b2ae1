import { allows } from '@wherry/core/access';
import type { AlertRule } from '@wherry/core/alert';
import { WherryError } from '@wherry/core/errors';
import type { Labels } from '@wherry/core/metric';
import type { QueryResult } from '@wherry/core/ports/queries';
import { functionIn, labelsText } from '@wherry/core/rules/alert-labels';
import type { Seen } from '@wherry/core/rules/alert-step';
import type { AlertParts } from './alert-parts.ts';

/** Series that one rule looks at. */
export const mostSeries = 500;
const deadlineMs = 2_000;

/** What a rule sees of everything that it is about; of functions that are deployed. */
export async function evaluateQuery(
  { clock, history, queries, functions }: Pick<AlertParts, 'clock' | 'history' | 'queries' | 'functions'>,
  text: string,
): Promise<readonly Seen[]> {
  const result = await queries.instant(history, { text, at: Math.round(clock.now()) }, { deadlineMs });
  const seen = seenIn(result).filter(({ labels }) => {
    const of = functionIn(labels);
    return of === undefined || functions.get(of) !== undefined;
  });
  if (seen.length > mostSeries)
    throw new WherryError(
      'alert_rule_refused',
      `it gives ${seen.length} series; at most ${mostSeries} can be watched`,
      {
        component: 'alerts',
        next: 'Put them together with sum by (…), or choose fewer with a selector.',
      },
    );
  return seen;
}

function seenIn(result: QueryResult): readonly Seen[] {
  switch (result.resultType) {
    case 'vector':
      return result.result.map(({ metric, value }) => ({
        labels: withoutName(metric),
        value: numberOf(value[1]),
      }));
    case 'scalar':
      return [{ labels: {}, value: numberOf(result.result[1]) }];
    default:
      throw new WherryError(
        'alert_rule_refused',
        `it gives no number for each series, but a ${result.resultType}`,
        {
          component: 'alerts',
          next: 'Ask for one number now: a range such as x[5m] needs a function around it.',
        },
      );
  }
}

function withoutName(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__'));
}

function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'));
}

/** One thing must not be two alerts at once: throws `alert_rule_refused` where two series get the same labels. */
export function checkDistinct(rule: AlertRule, seen: readonly Seen[]): void {
  const all = new Set(seen.map(({ labels }) => labelsText(alertLabels(rule, labels))));
  if (all.size === seen.length) return;
  throw new WherryError(
    'alert_rule_refused',
    'two of its series would be the same alert: only their names or what the rule puts in their place tells them apart',
    {
      component: 'alerts',
      next: 'Put them together with sum by (…), or watch one of them in a rule of its own.',
    },
  );
}

/** Labels as an alert has them: those of the rule win over those of the series, ours over all. */
export function alertLabels(rule: AlertRule, series: Labels): Labels {
  return { ...series, ...rule.labels, alertname: rule.name, severity: rule.severity };
}

/** Whether a rule over logs is about a function. */
export function isAbout(pattern: string, of: { readonly namespace: string; readonly name: string }): boolean {
  return allows({ name: '', scopes: ['read'], functions: pattern }, 'read', of);
}
