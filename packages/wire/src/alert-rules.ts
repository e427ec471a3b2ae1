import {
  type AlertRule,
  type AlertSource,
  type Comparison,
  comparisons,
  type PresetChange,
  type Severity,
  severities,
  type Unit,
  units,
} from '@wherry/core/alert';
import type { Labels } from '@wherry/core/metric';
import { printable } from '@wherry/core/names';
import { ruleSentence } from '@wherry/core/rules/alert-text';
import { type LogLevel, logLevels } from '@wherry/core/rules/log-level';
import { durationMs } from '@wherry/core/rules/quantity';
import { durationText } from './durations.ts';
import { checkRuleKeys, ownKeys, presetKeys } from './alert-rule-keys.ts';
import { Fields, refuseValue } from './fields.ts';

/** An alert rule as the API takes and tells it. Durations are texts such as `5m`. */
export interface AlertRuleRequest {
  /** A query, of which each series is watched … */
  readonly query?: string;
  /** … or lines of logs, of which each function's are counted; one of both. */
  readonly logs?: {
    readonly functions?: string;
    readonly pattern: string;
    readonly level?: LogLevel;
    readonly count?: number;
    readonly within?: string;
  };
  /** Without it and a threshold every series that there is counts. */
  readonly is?: Comparison;
  readonly threshold?: number;
  readonly clear?: number;
  readonly for?: string;
  readonly keepFiring?: string;
  readonly severity?: Severity;
  readonly unit?: Unit;
  readonly labels?: Labels;
  readonly subject?: string;
  readonly summary?: string;
  readonly action?: string;
  readonly channels?: readonly string[];
  readonly enabled?: boolean;
}

export interface AlertRuleInfo extends AlertRuleRequest {
  readonly name: string;
  readonly preset: boolean;
  /** The rule as one plain sentence. */
  readonly sentence: string;
  readonly firing: number;
  readonly pending: number;
  /** Why it can't be evaluated. */
  readonly problem?: string;
}

/** What a rule gives for one series now. */
export interface AlertTrial {
  readonly labels: Labels;
  readonly value: number | null;
  /** The value as people read it. */
  readonly valueText: string;
  readonly holds: boolean;
  readonly sentence: string;
  readonly summary: string;
}

export function encodeRule(
  rule: AlertRule,
  now: { readonly firing: number; readonly pending: number; readonly problem?: string | undefined },
): AlertRuleInfo {
  const { name, preset, source, is, threshold, clear, forMs, keepMs } = rule;
  const { severity, unit, labels, subject, summary, action, channels, enabled } = rule;
  return {
    ...{ name, preset, sentence: ruleSentence(rule), enabled },
    ...(source.kind === 'query' ? { query: source.text } : { logs: encodeLogs(source, threshold) }),
    ...{ is, threshold, ...(clear === undefined ? {} : { clear }) },
    ...{ for: durationText(forMs), keepFiring: durationText(keepMs) },
    ...{ severity, unit, labels, subject, summary, action, channels },
    ...{ firing: now.firing, pending: now.pending },
    ...(now.problem === undefined ? {} : { problem: now.problem }),
  };
}

/** A rule as it can be put again. */
export function ruleRequest(info: AlertRuleInfo): AlertRuleRequest {
  const { name: _n, preset: _p, sentence: _s, firing: _f, pending: _e, problem: _r, ...request } = info;
  return request;
}

function encodeLogs(
  { functions, pattern, level, withinMs }: Extract<AlertSource, { kind: 'logs' }>,
  count: number,
): NonNullable<AlertRuleRequest['logs']> {
  return {
    ...{ functions, pattern, ...(level === undefined ? {} : { level }) },
    ...{ count, within: durationText(withinMs) },
  };
}

/** A rule of one's own. Throws `bad_value`, `bad_json`. */
export function decodeRule(name: string, body: unknown): AlertRule {
  const fields = new Fields(body);
  checkRuleKeys(body);
  const source = decodeSource(fields);
  const count = fields.object('logs')?.wholeNumber('count', 1, 10_000) ?? 1;
  const usual: Pick<AlertRule, 'is' | 'threshold'> =
    source.kind === 'logs'
      ? { is: '>=', threshold: count }
      : { is: fields.number('threshold') === undefined ? 'present' : '>', threshold: 0 };
  const change = decodeChange(body);
  const subject =
    fields.text('subject') ??
    (source.kind === 'query'
      ? source.text
      : `matches of ${source.pattern} in the log of {{ function }} within ${durationText(source.withinMs)}`);
  return {
    ...usual,
    ...{ forMs: 0, keepMs: 0, severity: 'warning', unit: 'number', channels: [], enabled: true },
    ...change,
    // Of lines only the count is said.
    ...(source.kind === 'logs' ? usual : { is: decodeIs(fields) ?? usual.is }),
    ...{ name, source, subject, preset: false, labels: fields.map('labels') ?? {} },
    unit: oneOf(fields, 'unit', units) ?? 'number',
    summary: fields.text('summary') ?? '',
    action: fields.text('action') ?? '',
  };
}

/** What is to be different about a rule that came along: its numbers, and nothing else. Throws `bad_value`, `bad_json`. */
export function decodePresetChange(rule: AlertRule, body: unknown): PresetChange {
  checkRuleKeys(body);
  const now = new Map<string, unknown>(Object.entries(encodeRule(rule, { firing: 0, pending: 0 })));
  for (const [key, value] of Object.entries(Object(body)))
    if (ownKeys.some((one) => one === key) && JSON.stringify(value) !== JSON.stringify(now.get(key)))
      refuseValue(
        key,
        `${rule.name} came with Wherry, and only ${presetKeys.join(', ')} of it can be changed; a rule of your own needs another name`,
      );
  return decodeChange(body);
}

/** What is named of what can be changed about any rule. Throws `bad_value`, `bad_json`. */
export function decodeChange(body: unknown): PresetChange {
  const fields = new Fields(body);
  const [threshold, clear, enabled] = [
    fields.number('threshold'),
    fields.number('clear'),
    fields.flag('enabled'),
  ];
  const [held, keep, severity] = [
    span(fields, 'for'),
    span(fields, 'keepFiring'),
    oneOf(fields, 'severity', severities),
  ];
  const named = Object.hasOwn(Object(body), 'channels');
  return {
    ...(threshold === undefined ? {} : { threshold }),
    ...(clear === undefined ? {} : { clear }),
    ...(held === undefined ? {} : { forMs: held }),
    ...(keep === undefined ? {} : { keepMs: keep }),
    ...(severity === undefined ? {} : { severity }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(named ? { channels: fields.list('channels') ?? [] } : {}),
  };
}

function decodeSource(fields: Fields): AlertSource {
  const [text, logs] = [fields.longText('query', 16_384), fields.object('logs')];
  if ((text === undefined) === (logs === undefined))
    return refuseValue('query', 'name a query or logs, and not both');
  if (text !== undefined) return { kind: 'query', text };
  const lines = logs as Fields;
  const level = oneOf(lines, 'level', logLevels);
  return {
    ...{ kind: 'logs', functions: lines.text('functions') ?? '*' },
    pattern: lines.text('pattern') ?? refuseValue('logs.pattern', 'missing'),
    ...(level === undefined ? {} : { level }),
    withinMs: span(lines, 'within') ?? 300_000,
  };
}

function decodeIs(fields: Fields): Comparison | undefined {
  return oneOf(fields, 'is', comparisons);
}

function span(fields: Fields, name: string): number | undefined {
  const text = fields.text(name);
  return text === undefined ? undefined : durationMs(name, text);
}

function oneOf<const T extends string>(fields: Fields, name: string, choices: readonly T[]): T | undefined {
  const text = fields.text(name);
  const choice = choices.find((one) => one === text);
  if (text === undefined || choice !== undefined) return choice;
  return refuseValue(name, `${printable(text)} is none of ${choices.join(', ')}`);
}
