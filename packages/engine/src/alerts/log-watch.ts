import type { AlertRule } from '@wherry/core/alert';
import type { Cancel } from '@wherry/core/ports/clock';
import type { Seen } from '@wherry/core/rules/alert-step';
import type { AlertParts } from './alert-parts.ts';
import { LogMatches } from './log-matches.ts';

/** Lines of before the start that are read for a rule. */
const mostReread = 10_000;

/** Rules over logs: they hear of lines as they are written; those of before the start are read once. */
export class LogWatch {
  readonly #parts: Pick<AlertParts, 'clock' | 'functions' | 'logs' | 'patterns'>;
  readonly #matches = new Map<string, { readonly rule: AlertRule; readonly matches: LogMatches }>();
  #following: Cancel | undefined;
  #first = true;

  constructor(parts: Pick<AlertParts, 'clock' | 'functions' | 'logs' | 'patterns'>) {
    this.#parts = parts;
  }

  /** From now on hears for these rules, and for no others. */
  async follow(rules: readonly AlertRule[], failed: (rule: AlertRule, why: string) => void): Promise<void> {
    const wanted = new Map(rules.filter(isOverLogs).map((rule) => [rule.name, rule]));
    for (const [name, { rule }] of this.#matches)
      if (JSON.stringify(wanted.get(name)?.source) !== JSON.stringify(rule.source))
        this.#matches.delete(name);
    for (const [name, rule] of wanted)
      if (!this.#matches.has(name))
        try {
          this.#matches.set(name, { rule, matches: await this.#matchesOf(rule, this.#first) });
        } catch (thrown) {
          failed(rule, (thrown as Error).message);
        }
    this.#first = false;
    if (this.#matches.size === 0) this.close();
    else
      this.#following ??= this.#parts.logs.followAll((lines) => {
        for (const { matches } of this.#matches.values()) matches.take(lines);
      });
  }

  /** How many lines of each function match; of a rule that is not followed, by what is kept. */
  async see(rule: AlertRule): Promise<readonly Seen[]> {
    const { clock } = this.#parts;
    const matches = this.#matches.get(rule.name)?.matches ?? (await this.#matchesOf(rule, true));
    const pause = (): Promise<void> => new Promise((resolve) => clock.after(0, resolve));
    return matches.see(clock.now(), () => clock.monotonic(), pause);
  }

  /** What is wrong with what a rule saw since it was asked last. */
  missed({ name }: AlertRule): string | undefined {
    const matches = this.#matches.get(name)?.matches;
    if (matches === undefined || matches.missed === 0) return undefined;
    const { missed } = matches;
    matches.missed = 0;
    return `${missed} lines came faster than they could be looked at`;
  }

  close(): void {
    this.#following?.();
    this.#following = undefined;
  }

  async #matchesOf({ source }: AlertRule, reread: boolean): Promise<LogMatches> {
    if (source.kind !== 'logs') throw new Error('not a rule over logs');
    const { clock, functions, logs, patterns } = this.#parts;
    const matches = new LogMatches(source, patterns.compile(source.pattern));
    if (!reread) return matches;
    const since = clock.now() - source.withinMs;
    for (const { namespace, name } of functions.list())
      if (matches.covers({ namespace, name }))
        matches.take(await logs.read({ target: { namespace, name }, since, tail: mostReread }));
    return matches;
  }
}

const isOverLogs = ({ source, enabled }: AlertRule): boolean => enabled && source.kind === 'logs';
