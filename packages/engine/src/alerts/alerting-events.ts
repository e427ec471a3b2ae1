import type { AlertDocument, AlertKey, AlertKind } from '@wherry/core/ports/alert-store';
import type { AlertingEvent } from '@wherry/core/platform-event';
import { functionIn } from '@wherry/core/rules/alert-labels';
import { parseFullName } from '@wherry/core/names';

/** What of the set-up changes with documents of a kind. */
const setUp: Partial<Record<AlertKind, 'rules' | 'silences' | 'channels'>> = {
  rule: 'rules',
  preset: 'rules',
  silence: 'silences',
  channel: 'channels',
};

/** What those who watch are told of a write: that something fires or is over, what became of messages, and what is set up differently. */
export function alertingEvents(
  puts: readonly AlertDocument[],
  removes: readonly AlertKey[],
  now: number,
): readonly AlertingEvent[] {
  const about = puts.flatMap((put) => aboutAlert(put, now));
  const changed = [...puts, ...removes].flatMap((document): readonly AlertingEvent[] => {
    const change = setUp[document.kind];
    return change === undefined
      ? []
      : [{ kind: 'alert', at: now, change, rule: '', ...silencedFunction(document) }];
  });
  return [...about, ...changed];
}

function aboutAlert(put: AlertDocument, now: number): readonly AlertingEvent[] {
  if (put.kind === 'state' && put.body.state === 'pending')
    return [
      { kind: 'alert', at: now, change: 'pending', rule: put.body.rule, ...functionIn(put.body.labels) },
    ];
  if (put.kind !== 'event') return [];
  const { at, what, rule, labels = {}, channel } = put.body;
  return [
    {
      ...{ kind: 'alert', at, change: what, rule, ...functionIn(labels) },
      ...(channel === undefined ? {} : { channel }),
    },
  ];
}

/** Whoever may silence one function hears of it, too. That one ended is told to those only who may see everything. */
function silencedFunction(document: AlertDocument | AlertKey): object {
  if (!('body' in document) || document.kind !== 'silence') return {};
  const of = document.body.matchers.find(({ label, is }) => label === 'function_name' && is === '=');
  return (of && parseFullName(of.value)) ?? {};
}
