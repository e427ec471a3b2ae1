import type { AlertRule, AlertState } from '@wherry/core/alert';
import { fillTemplate, plainLine, ruleSentence, valueText } from '@wherry/core/rules/alert-text';

/** What people are told of an alert. Of a rule that is gone only its name is left. */
export function saidOf(
  rule: AlertRule | undefined,
  { labels, value, line, rule: name }: Pick<AlertState, 'labels' | 'value' | 'line' | 'rule'>,
): { readonly sentence: string; readonly summary: string; readonly action: string; readonly value: string } {
  if (rule === undefined)
    return { sentence: name, summary: plainLine(name), action: '', value: valueText(value, 'number') };
  const text = valueText(value, rule.unit);
  const sentence = ruleSentence(rule, labels);
  return {
    ...{ sentence, value: text },
    summary: fillTemplate(rule.summary, labels, text, line) || sentence,
    action: fillTemplate(rule.action, labels, text, line),
  };
}
