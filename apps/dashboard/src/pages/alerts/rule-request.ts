import type { AlertRuleInfo, AlertRuleRequest } from '@wherry/wire/alert-rules';
import { fieldText } from './field-text.ts';

type Comparison = NonNullable<AlertRuleRequest['is']>;

/** What a form says of a rule. `before` is the one that is changed; of one that came along only the numbers are. Throws what is no number. */
export function ruleIn(form: FormData, query: string, before?: AlertRuleInfo): AlertRuleRequest {
  const change: AlertRuleRequest = {
    ...numbers(form),
    ...{ for: fieldText(form, 'for') || '0s', keepFiring: fieldText(form, 'keepFiring') || '0s' },
    severity: fieldText(form, 'severity') as 'info',
    channels: form.getAll('channels').map(String),
  };
  // Where nothing is said it is over at the threshold, also where something else was said before.
  if (before?.preset === true) {
    const { threshold } = change;
    return { ...(threshold === undefined ? {} : { clear: threshold }), ...change };
  }
  const enabled = before?.enabled ?? true;
  return { ...change, ...source(form, query), ...texts(form), labels: labelsIn(form), enabled };
}

function source(form: FormData, query: string): AlertRuleRequest {
  if (fieldText(form, 'source') === 'query')
    return { query, is: fieldText(form, 'is') as Comparison, unit: fieldText(form, 'unit') as 'number' };
  const level = fieldText(form, 'level');
  return {
    logs: {
      functions: fieldText(form, 'functions') || '*',
      pattern: fieldText(form, 'pattern'),
      ...(level === '' ? {} : { level: level as 'error' }),
      count: numberIn('How many', fieldText(form, 'count')) ?? 1,
      within: fieldText(form, 'within') || '5m',
    },
  };
}

function numbers(form: FormData): AlertRuleRequest {
  const threshold = numberIn('Threshold', fieldText(form, 'threshold'));
  const clear = numberIn('Over at', fieldText(form, 'clear'));
  return { ...(threshold === undefined ? {} : { threshold }), ...(clear === undefined ? {} : { clear }) };
}

/** What is empty is the gateway's to say. */
function texts(form: FormData): AlertRuleRequest {
  const said = (['subject', 'summary', 'action'] as const).map((key) => [key, fieldText(form, key)] as const);
  return Object.fromEntries(said.filter(([, text]) => text !== ''));
}

function labelsIn(form: FormData): Readonly<Record<string, string>> {
  const lines = fieldText(form, 'labels').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    }),
  );
}

/** `0.05`, or `5 %`; undefined where nothing is said. */
export function numberIn(field: string, text: string): number | undefined {
  if (text === '') return undefined;
  const [, digits = '', percent] = /^([+-]?\d{1,15}(?:\.\d{1,9})?)\s*(%)?$/.exec(text) ?? [];
  if (digits === '') throw new Error(`${field}: “${text}” is no number. Write it as 2.5, or 5 %.`);
  return percent === undefined ? Number(digits) : Number(digits) / 100;
}
