import type { AlertRule } from '@wherry/core/alert';
import type { LogLine } from '@wherry/core/log-line';
import { type FunctionName, fullName } from '@wherry/core/names';
import type { Cancel } from '@wherry/core/ports/clock';
import type { Seen } from '@wherry/core/rules/alert-step';
import type { AlertParts } from './alert-parts.ts';
import { LogMatches } from './log-matches.ts';

/** Lines of before the start that are read for a rule. */
const mostReread = 10_000;
/** A trial looks at lines for so long. */
const trialMs = 5_000;

interface Followed {
  readonly rule: AlertRule;
  readonly matches: LogMatches;
  /** Up to then the archive is read; later lines are heard. */
  readonly from: number;
  /** Functions of which that is still to be done. */
  unread: readonly FunctionName[];
  /** Lines of up to then that were heard all the same, because instances tell with a delay: how often each. */
  readonly heard: Map<string, number>;
  /** What is wrong with the archive. */
  wrong: string | undefined;
}

/** Rules over logs: they hear of lines as they are written; those of before the start are read once. */
export class LogWatch {
  readonly #parts: Pick<AlertParts, 'clock' | 'functions' | 'logs' | 'patterns'>;
  readonly #followed = new Map<string, Followed>();
  #following: Cancel | undefined;
  #first = true;

  constructor(parts: Pick<AlertParts, 'clock' | 'functions' | 'logs' | 'patterns'>) {
    this.#parts = parts;
  }

  /** From now on hears for these rules, and for no others. */
  async follow(rules: readonly AlertRule[], failed: (rule: AlertRule, why: string) => void): Promise<void> {
    const wanted = new Map(rules.filter(isOverLogs).map((rule) => [rule.name, rule]));
    for (const [name, { rule }] of this.#followed)
      if (JSON.stringify(wanted.get(name)?.source) !== JSON.stringify(rule.source))
        this.#followed.delete(name);
    for (const [name, rule] of wanted)
      if (!this.#followed.has(name))
        try {
          this.#followed.set(name, this.#followedFrom(rule, this.#first));
        } catch (thrown) {
          failed(rule, (thrown as Error).message);
        }
    this.#first = false;
    if (this.#followed.size === 0) return this.close();
    // Before anything is read: a line that comes while the archive is read is in one of the two, whatever comes first.
    this.#following ??= this.#parts.logs.followAll((lines) => {
      for (const one of this.#followed.values()) hear(one, lines);
    });
    for (const one of this.#followed.values()) await this.#readUp(one);
  }

  /** How many lines of each function match, of a rule that is followed. Throws `bad_pattern` where it is not because of that. */
  async see(rule: AlertRule): Promise<readonly Seen[]> {
    return this.#look(this.#followed.get(rule.name)?.matches ?? this.#matchesOf(rule));
  }

  /** The same of any rule, by what the archive has of its time. Those that are followed notice nothing of it. */
  async try(rule: AlertRule): Promise<readonly Seen[]> {
    const { clock } = this.#parts;
    const matches = this.#matchesOf(rule);
    const until = clock.now();
    const end = clock.monotonic() + trialMs;
    for (const of of this.#coveredBy(matches)) {
      if (clock.monotonic() >= end) break;
      matches.take(await this.#read(rule, of, until));
      while (matches.waiting > 0 && clock.monotonic() < end) await this.#look(matches);
    }
    return this.#look(matches);
  }

  /** What is wrong with what a rule saw since it was asked last. */
  missed({ name }: AlertRule): string | undefined {
    const followed = this.#followed.get(name);
    if (followed === undefined) return undefined;
    const { matches, wrong } = followed;
    if (matches.missed === 0)
      return wrong === undefined ? undefined : `lines of before the start cannot be read: ${wrong}`;
    const { missed } = matches;
    matches.missed = 0;
    return `${missed} lines came faster than they could be looked at`;
  }

  close(): void {
    this.#following?.();
    this.#following = undefined;
  }

  #followedFrom(rule: AlertRule, reread: boolean): Followed {
    const matches = this.#matchesOf(rule);
    const unread = reread ? this.#coveredBy(matches) : [];
    return { rule, matches, from: this.#parts.clock.now(), unread, heard: new Map(), wrong: undefined };
  }

  /** Takes what was written before it was followed. What cannot be read is left for the next time. */
  async #readUp(followed: Followed): Promise<void> {
    const { rule, matches, from, heard } = followed;
    try {
      for (let [of] = followed.unread; of !== undefined; [of] = followed.unread) {
        matches.take((await this.#read(rule, of, from)).filter((line) => !wasHeard(heard, line)));
        followed.unread = followed.unread.slice(1);
      }
      heard.clear();
      followed.wrong = undefined;
    } catch (thrown) {
      followed.wrong = (thrown as Error).message;
    }
  }

  #read({ source }: AlertRule, target: FunctionName, until: number): Promise<readonly LogLine[]> {
    const since = until - (source.kind === 'logs' ? source.withinMs : 0);
    return this.#parts.logs.read({ target, since, until, tail: mostReread });
  }

  #look(matches: LogMatches): Promise<readonly Seen[]> {
    const { clock } = this.#parts;
    const pause = (): Promise<void> => new Promise((resolve) => clock.after(0, resolve));
    return matches.see(clock.now(), () => clock.monotonic(), pause);
  }

  #coveredBy(matches: LogMatches): readonly FunctionName[] {
    const all = this.#parts.functions.list().map(({ namespace, name }) => ({ namespace, name }));
    return all.filter((of) => matches.covers(of));
  }

  #matchesOf({ source }: AlertRule): LogMatches {
    if (source.kind !== 'logs') throw new Error('not a rule over logs');
    return new LogMatches(source, this.#parts.patterns.compile(source.pattern));
  }
}

const isOverLogs = ({ source, enabled }: AlertRule): boolean => enabled && source.kind === 'logs';

function hear({ matches, from, unread, heard }: Followed, lines: readonly LogLine[]): void {
  matches.take(lines);
  if (unread.length === 0) return;
  for (const line of lines) if (line.at <= from) heard.set(keyOf(line), (heard.get(keyOf(line)) ?? 0) + 1);
}

/** Whether the archive gives what was heard already; each line only once. */
function wasHeard(heard: Map<string, number>, line: LogLine): boolean {
  const key = keyOf(line);
  const times = heard.get(key) ?? 0;
  if (times > 0) heard.set(key, times - 1);
  return times > 0;
}

function keyOf({ deployment, instance, at, stream, text }: LogLine): string {
  return JSON.stringify([fullName(deployment), instance, at, stream, text]);
}
