import type { AlertEvent, AlertRule, AlertState } from '@wherry/core/alert';
import type { AlertDocument, AlertKey } from '@wherry/core/ports/alert-store';
import { ruleFor } from '@wherry/core/rules/alert-annotation';
import { functionIn, labelsText } from '@wherry/core/rules/alert-labels';
import { type Seen, stepAlert } from '@wherry/core/rules/alert-step';
import { asWherryError } from '@wherry/core/errors';
import type { AlertParts } from './alert-parts.ts';
import type { AlertRecords } from './alert-records.ts';
import { alertLabels, checkDistinct, evaluateQuery } from './evaluation.ts';
import { LogWatch } from './log-watch.ts';
import type { RuleBook } from './rule-book.ts';

/** After a start not everything has been measured yet: for so long, what is missing says nothing. */
const settlingMs = 300_000;

interface Step {
  readonly id: string;
  readonly before: AlertState | undefined;
  readonly after: AlertState | undefined;
}

/** Looks at every rule, and notes how each of its series goes on. */
export class Evaluator {
  readonly #parts: AlertParts;
  readonly #records: AlertRecords;
  readonly #rules: RuleBook;
  readonly #time: () => number;
  readonly #logs: LogWatch;
  readonly #settled: number;
  /** What is wrong with rules that can't be evaluated, by their names. */
  readonly failing = new Map<string, string>();

  /** `time`: milliseconds since 1970 that only go forward. */
  constructor(parts: AlertParts, records: AlertRecords, rules: RuleBook, time: () => number) {
    this.#parts = parts;
    this.#records = records;
    this.#rules = rules;
    this.#time = time;
    this.#logs = new LogWatch(parts);
    this.#settled = time() + settlingMs;
  }

  /** One look at everything. Throws where what came of it could not be kept: then nothing of it counts. */
  async round(): Promise<void> {
    const rules = this.#rules.list();
    await this.#logs.follow(rules, (rule, why) => this.#failed(rule, why));
    const steps: Step[] = [];
    for (const rule of rules) steps.push(...(await this.#rule(rule)));
    const known = new Set(rules.map(({ name }) => name));
    for (const [id, before] of this.#records.of('state'))
      if (!known.has(before.rule)) steps.push({ id, before, after: ended(before, this.#time()) });
    for (const name of this.failing.keys()) if (!known.has(name)) this.failing.delete(name);
    await this.#keep(steps);
  }

  /** What a rule, kept or not, would see now; rounds notice nothing of it. Throws what is wrong with it. */
  try(rule: AlertRule): Promise<readonly Seen[]> {
    return this.#see(rule, () => this.#logs.try(rule));
  }

  close(): void {
    this.#logs.close();
  }

  async #see(rule: AlertRule, logs: () => Promise<readonly Seen[]>): Promise<readonly Seen[]> {
    if (rule.source.kind === 'query') return evaluateQuery(this.#parts, rule.source.text);
    const seen = await logs();
    return seen.filter(({ labels }) => {
      const of = functionIn(labels);
      return of !== undefined && this.#parts.functions.get(of) !== undefined;
    });
  }

  async #rule(rule: AlertRule): Promise<readonly Step[]> {
    const before = new Map([...this.#records.of('state')].filter(([, { rule: name }]) => name === rule.name));
    if (!rule.enabled) {
      this.failing.delete(rule.name);
      return [...before].map(([id, state]) => ({ id, before: state, after: ended(state, this.#time()) }));
    }
    let seen: readonly Seen[];
    try {
      seen = await this.#see(rule, () => this.#logs.see(rule));
      checkDistinct(rule, seen);
      const missed = this.#logs.missed(rule);
      if (missed === undefined) this.failing.delete(rule.name);
      else this.#failed(rule, missed);
    } catch (thrown) {
      // Nobody knows how it is: what fires goes on, and the watchdog tells.
      this.#failed(rule, asWherryError(thrown, 'alerts').message);
      return [];
    }
    const now = this.#time();
    const steps: Step[] = [];
    const looked = new Set<string>();
    for (const one of seen) {
      const of = functionIn(one.labels);
      const own = of === undefined ? undefined : this.#parts.functions.get(of)?.fleet.policy.alerts;
      const limits = ruleFor(rule, own);
      if (limits === undefined) continue;
      const labels = alertLabels(rule, one.labels);
      const id = stateId(rule.name, labels);
      looked.add(id);
      const was = before.get(id);
      const after = stepAlert(was, { ...one, labels }, limits, now, false);
      if (was !== undefined || after !== undefined) steps.push({ id, before: was, after });
    }
    for (const [id, was] of before)
      if (!looked.has(id)) steps.push({ id, before: was, after: this.#unseen(rule, was, now) });
    return steps;
  }

  /** A series that is missing. Whoever opted out, or is no longer there, does not wait until everything is measured. */
  #unseen(rule: AlertRule, was: AlertState, now: number): AlertState | undefined {
    const of = functionIn(was.labels);
    const fn = of === undefined ? undefined : this.#parts.functions.get(of);
    if (of !== undefined && (fn === undefined || ruleFor(rule, fn.fleet.policy.alerts) === undefined))
      return ended(was, now);
    return stepAlert(was, undefined, rule, now, now < this.#settled);
  }

  async #keep(steps: readonly Step[]): Promise<void> {
    const puts: AlertDocument[] = [];
    const removes: AlertKey[] = [];
    const remembered: (readonly [string, AlertState])[] = [];
    for (const { id, before, after } of steps) {
      if (after === undefined) {
        if (before !== undefined) removes.push({ kind: 'state', id });
      } else if (after.state === before?.state) remembered.push([id, after]);
      else puts.push({ kind: 'state', id, body: after });
      const event = this.#event(before, after);
      if (event !== undefined) puts.push({ kind: 'event', id: event.id, body: event });
    }
    if (puts.length > 0 || removes.length > 0) await this.#records.write(puts, removes);
    for (const [id, after] of remembered) this.#records.remember('state', id, after);
  }

  #event(before: AlertState | undefined, after: AlertState | undefined): AlertEvent | undefined {
    const fires = after?.state === 'firing' && before?.state !== 'firing';
    const ends = before?.state === 'firing' && after?.state !== 'firing';
    const state = fires ? after : ends ? (after ?? before) : undefined;
    if (state === undefined) return undefined;
    const { rule, labels, value } = state;
    const { clock, ids } = this.#parts;
    const at = Math.round(clock.now());
    return { id: ids.callId(), at, what: fires ? 'firing' : 'resolved', rule, labels, value };
  }

  #failed(rule: AlertRule, why: string): void {
    if (!this.failing.has(rule.name))
      this.#parts.problem(`the alert rule ${rule.name} cannot be evaluated: ${why}`);
    this.failing.set(rule.name, why);
  }
}

export function stateId(rule: string, labels: AlertState['labels']): string {
  return `${rule} ${labelsText(labels)}`;
}

/** Nobody looks at it any more. */
function ended(state: AlertState, now: number): AlertState | undefined {
  if (!state.told) return undefined;
  return state.state === 'resolved' ? state : { ...state, state: 'resolved', resolvedAt: now };
}
