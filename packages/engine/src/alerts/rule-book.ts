import { type AlertRule, comparisons, type PresetChange, severities, units } from '@wherry/core/alert';
import { functionPattern } from '@wherry/core/access';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { isName, printable } from '@wherry/core/names';
import type { AlertDocument } from '@wherry/core/ports/alert-store';
import { alertPresets, changedPreset, joinedChanges } from '@wherry/core/rules/alert-presets';
import type { AlertParts } from './alert-parts.ts';
import type { AlertRecords } from './alert-records.ts';
import { checkDistinct, evaluateQuery } from './evaluation.ts';

const mostRules = 100;
const mostLogRules = 20;
const longestText = 1_000;
const mostLabels = 16;
/** A month. */
const longestMs = 31 * 86_400_000;
const mostWithinMs = 86_400_000;
const component = 'alerts';

/** Rules: those that came with Wherry, and one's own. */
export class RuleBook {
  readonly #records: AlertRecords;
  readonly #parts: AlertParts;

  constructor(records: AlertRecords, parts: AlertParts) {
    this.#records = records;
    this.#parts = parts;
  }

  /** Ordered by name, presets first. */
  list(): readonly AlertRule[] {
    const presets = alertPresets.map((rule) =>
      changedPreset(rule, this.#records.of('preset').get(rule.name) ?? {}),
    );
    const own = [...this.#records.of('rule').values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return [...presets, ...own];
  }

  /** Those that came with Wherry. */
  presets(): readonly AlertRule[] {
    return this.list().filter(({ preset }) => preset);
  }

  /** Throws `alert_rule_unknown`. */
  get(name: string): AlertRule {
    const found = this.list().find((rule) => rule.name === name);
    if (found !== undefined) return found;
    throw new WherryError('alert_rule_unknown', `${printable(name)} is no alert rule here`, { component });
  }

  /** Throws `alert_rule_refused`, `bad_value`, `bad_pattern`, `alerts_full`. */
  async put(rule: AlertRule): Promise<void> {
    const document = await this.kept(rule);
    await this.#records.change(() => {
      this.checkRoom([rule]);
      return { puts: [document] };
    });
  }

  /** What is not named stays as it is. Throws `alert_rule_unknown`, `bad_value`. */
  async change(name: string, change: PresetChange): Promise<AlertRule> {
    await this.#records.change(() => ({ puts: [this.changed(name, change)] }));
    return this.get(name);
  }

  /** A rule of one's own as it is kept, once it is seen to be right. Throws `alert_rule_refused`, `bad_value`, `bad_pattern`. */
  async kept(rule: AlertRule): Promise<AlertDocument> {
    if (alertPresets.some(({ name }) => name === rule.name))
      throw refused(
        `${rule.name} came with Wherry`,
        'Change it with --above, --for … or choose another name.',
      );
    await this.check(rule);
    return { kind: 'rule', id: rule.name, body: rule };
  }

  /** The same of what is different about a rule, beside what is already. Throws `alert_rule_unknown`, `alert_rule_refused`. */
  changed(name: string, change: PresetChange): AlertDocument {
    const before = this.get(name);
    const asItCame = alertPresets.find((preset) => preset.name === name);
    const body = joinedChanges(this.#records.of('preset').get(name) ?? {}, change);
    const after = asItCame === undefined ? changedPreset(before, change) : changedPreset(asItCame, body);
    checkNumbers(after);
    return asItCame === undefined
      ? { kind: 'rule', id: name, body: after }
      : { kind: 'preset', id: name, body };
  }

  /** Of a preset: it is again as it came. Throws `alert_rule_unknown`. */
  async remove(name: string): Promise<void> {
    const { preset } = this.get(name);
    await this.#records.write([], [{ kind: preset ? 'preset' : 'rule', id: name }]);
  }

  /** Whether it can be evaluated, by doing so. Throws what is wrong. */
  async check(rule: AlertRule): Promise<void> {
    if (!isName(rule.name)) throw refused(`${printable(rule.name)} cannot name a rule`, nameRule);
    checkNumbers(rule);
    checkTexts(rule);
    const { source } = rule;
    if (source.kind === 'query')
      checkDistinct(rule, await evaluateQuery(this.#parts, source.text).catch(refuseQuery));
    else {
      this.#parts.patterns.compile(source.pattern);
      if (!functionPattern.test(source.functions))
        throw refused(
          `${printable(source.functions)} is no pattern of functions`,
          'Write NAME, NAMESPACE/NAME, or a star at the end of either.',
        );
      between('within', source.withinMs, 1_000, mostWithinMs);
    }
  }

  /** Whether they all fit. Throws `alerts_full`. */
  checkRoom(rules: readonly AlertRule[]): void {
    const own = this.#records.of('rule');
    const all = [...new Map([...own, ...rules.map((rule) => [rule.name, rule] as const)]).values()];
    const logs = all.filter(({ source }) => source.kind === 'logs').length;
    const added = rules.filter(({ name }) => !own.has(name));
    if (all.length > mostRules && added.length > 0) throw full(`${mostRules} rules`);
    if (logs > mostLogRules && added.some(({ source }) => source.kind === 'logs'))
      throw full(`${mostLogRules} rules over logs`);
  }
}

const nameRule = 'Use 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit.';

function refuseQuery(thrown: unknown): never {
  const error = asWherryError(thrown, component);
  if (error.code === 'internal') throw error;
  throw refused(`the query: ${error.message}`, error.next);
}

function refused(why: string, next?: string): WherryError {
  return new WherryError('alert_rule_refused', why, { component, ...(next === undefined ? {} : { next }) });
}

function full(what: string): WherryError {
  return new WherryError('alerts_full', `there is room for ${what}`, { component });
}

function checkNumbers({ threshold, clear = threshold, forMs, keepMs, is, severity, unit }: AlertRule): void {
  for (const [field, value] of [
    ['threshold', threshold],
    ['clear', clear],
  ] as const)
    if (!Number.isFinite(value)) throw refused(`${field}: ${value} is no number`);
  between('for', forMs, 0, longestMs);
  between('keepFiring', keepMs, 0, longestMs);
  if (!comparisons.includes(is)) throw refused(`is: ${printable(is)} is none of ${comparisons.join(' ')}`);
  if (!severities.includes(severity)) throw refused(`severity: none of ${severities.join(', ')}`);
  if (!units.includes(unit)) throw refused(`unit: none of ${units.join(', ')}`);
  const beyond = (is.startsWith('>') && clear > threshold) || (is.startsWith('<') && clear < threshold);
  if (beyond || (/^[=!p]/.test(is) && clear !== threshold))
    throw refused(
      `clear: with ${clear} it would never end once it fires above ${threshold}`,
      'Of "above" it is a smaller number, of "below" a larger one; the others have none.',
    );
}

function checkTexts({ labels, subject, summary, action, channels }: AlertRule): void {
  for (const [field, text] of Object.entries({ subject, summary, action }))
    if (text.length > longestText) throw refused(`${field}: longer than ${longestText} characters`);
  const names = Object.keys(labels);
  if (names.length > mostLabels) throw refused(`labels: more than ${mostLabels}`);
  for (const name of names)
    if (
      !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name) ||
      ['alertname', 'severity'].includes(name) ||
      (labels[name] ?? '').length > 256
    )
      throw refused(`labels: ${printable(name)} cannot be one, or its value is longer than 256 characters`);
  if (channels.length > 20) throw refused('channels: more than 20');
}

function between(field: string, value: number, from: number, to: number): void {
  if (Number.isFinite(value) && value >= from && value <= to) return;
  throw refused(`${field}: outside ${from / 1000} to ${to / 1000} seconds`);
}
