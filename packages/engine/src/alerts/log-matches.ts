import type { AlertRule } from '@wherry/core/alert';
import type { LogLine } from '@wherry/core/log-line';
import { type FunctionName, fullName } from '@wherry/core/names';
import type { LinePattern } from '@wherry/core/ports/patterns';
import type { Seen } from '@wherry/core/rules/alert-step';
import { levelOf, logLevels } from '@wherry/core/rules/log-level';
import { isAbout } from './evaluation.ts';

/** Of a line so many characters are looked at. */
const looked = 1_024;
/** Lines that wait to be looked at; what comes faster is not. */
const mostWaiting = 20_000;
/** Matches of one function that are counted. */
const mostHits = 10_000;
const sliceMs = 5;
/** A round looks at lines for so long; the rest waits for the next. */
const roundMs = 250;

interface Waiting {
  readonly of: string;
  readonly at: number;
  readonly text: string;
}

interface Hits {
  times: number[];
  /** The newest line, and when it came. */
  line: string;
  at: number;
}

/** How many lines of each function matched lately, of one rule. What a function writes costs nothing until a round looks at it. */
export class LogMatches {
  readonly #source: Extract<AlertRule['source'], { kind: 'logs' }>;
  readonly #pattern: LinePattern;
  readonly #least: number;
  readonly #hits = new Map<string, Hits>();
  readonly #waiting: Waiting[] = [];
  /** So many of these were looked at. Shared by all who look at once, so that each line is one's only. */
  #looked = 0;
  /** Lines that came faster than they could be looked at, since the last round. */
  missed = 0;

  constructor(source: Extract<AlertRule['source'], { kind: 'logs' }>, pattern: LinePattern) {
    this.#source = source;
    this.#pattern = pattern;
    this.#least = source.level === undefined ? 0 : logLevels.indexOf(source.level);
  }

  covers(of: FunctionName): boolean {
    return isAbout(this.#source.functions, of);
  }

  /** Lines that nobody looked at yet. */
  get waiting(): number {
    return this.#waiting.length - this.#looked;
  }

  /** Lines of one function, as they come. */
  take(lines: readonly LogLine[]): void {
    const first = lines[0];
    if (first === undefined || !this.covers(first.deployment)) return;
    const of = fullName(first.deployment);
    for (const line of lines) {
      if (line.stream === 'mark') continue;
      if (this.waiting >= mostWaiting) this.missed += 1;
      else if (this.#least === 0 || logLevels.indexOf(levelOf(line)) >= this.#least)
        this.#waiting.push({ of, at: line.at, text: line.text.slice(0, looked) });
    }
  }

  /** Looks at what came, and says how often each function matched up to now. Lets others work meanwhile. */
  async see(now: number, monotonic: () => number, pause: () => Promise<void>): Promise<readonly Seen[]> {
    const from = monotonic();
    let slice = from;
    while (this.waiting > 0) {
      const { of, at, text } = this.#waiting[this.#looked++] as Waiting;
      if (this.#pattern.finds(text)) this.#hit(of, at, text);
      const elapsed = monotonic();
      if (elapsed - from > roundMs) break;
      if (elapsed - slice > sliceMs) {
        await pause();
        slice = monotonic();
      }
    }
    this.#waiting.splice(0, this.#looked);
    this.#looked = 0;
    return this.#counted(now);
  }

  #hit(of: string, at: number, line: string): void {
    const hits = this.#hits.get(of) ?? { times: [], line, at };
    this.#hits.set(of, hits);
    if (at >= hits.at) Object.assign(hits, { line, at });
    if (hits.times.length < mostHits) hits.times.push(at);
  }

  #counted(now: number): readonly Seen[] {
    const seen: Seen[] = [];
    for (const [of, hits] of this.#hits) {
      hits.times = hits.times.filter((at) => now - at < this.#source.withinMs);
      if (hits.times.length === 0) this.#hits.delete(of);
      else seen.push({ labels: { function_name: of }, value: hits.times.length, line: hits.line });
    }
    return seen;
  }
}
