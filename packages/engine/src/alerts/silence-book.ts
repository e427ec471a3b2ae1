import type { AlertMatcher, Silence } from '@wherry/core/alert';
import { WherryError } from '@wherry/core/errors';
import type { Labels } from '@wherry/core/metric';
import { printable } from '@wherry/core/names';
import { type CompiledMatcher, matcherOf } from '@wherry/core/rules/alert-labels';
import type { AlertParts } from './alert-parts.ts';
import type { AlertRecords } from './alert-records.ts';

const mostSilences = 200;
/** What is left of them for those who may silence everything. */
const kept = 50;
const mostMatchers = 10;
/** A year. */
const longestMs = 366 * 86_400_000;
/** How long one that is over can still be looked at. */
const keepMs = 7 * 86_400_000;
const component = 'alerts';

/** What nobody is to be told of for a while. */
export class SilenceBook {
  readonly #records: AlertRecords;
  readonly #parts: Pick<AlertParts, 'clock' | 'ids' | 'patterns'>;
  readonly #compiled = new WeakMap<readonly AlertMatcher[], readonly CompiledMatcher[]>();

  constructor(records: AlertRecords, parts: Pick<AlertParts, 'clock' | 'ids' | 'patterns'>) {
    this.#records = records;
    this.#parts = parts;
  }

  /** Newest first, those that are over since a week included. */
  list(): readonly Silence[] {
    return [...this.#records.of('silence').values()].sort((a, b) => b.from - a.from);
  }

  /** Whether somebody asked for quiet about these labels. */
  silences(labels: Labels, now: number): readonly Silence[] {
    return this.list().filter(
      ({ matchers, from, until }) => from <= now && now < until && this.takes(matchers, labels),
    );
  }

  /** Whether all matchers take the labels; none take everything. */
  takes(matchers: readonly AlertMatcher[], labels: Labels): boolean {
    let compiled = this.#compiled.get(matchers);
    if (compiled === undefined) this.#compiled.set(matchers, (compiled = this.compile(matchers)));
    return compiled.every((matcher) => matcher(labels));
  }

  /** Throws `bad_pattern`, `bad_value`. */
  compile(matchers: readonly AlertMatcher[]): readonly CompiledMatcher[] {
    if (matchers.length > mostMatchers) throw refused(`matchers: more than ${mostMatchers}`);
    return matchers.map((matcher) => {
      if (matcher.label === '' || matcher.label.length > 64)
        throw refused(`matchers: ${printable(matcher.label)} is no label`);
      if (matcher.value.length > 256) throw refused('matchers: a value is longer than 256 characters');
      return matcherOf(matcher, (source) => {
        const pattern = this.#parts.patterns.compile(source);
        return (text) => pattern.matches(text);
      });
    });
  }

  /** `forAll`: whoever asks may silence everything. Throws `bad_value`, `bad_pattern`, `alerts_full`. */
  async add(silence: Omit<Silence, 'id'>, forAll = true): Promise<Silence> {
    const now = this.#parts.clock.now();
    if (!(silence.until > silence.from && silence.until > now)) throw refused('until: it is over already');
    if (silence.until - silence.from > longestMs) throw refused('until: longer than a year');
    if (silence.why.length > 500) throw refused('why: longer than 500 characters');
    // As of queries: what holds for a label that is not there holds for nearly every alert.
    if (this.compile(silence.matchers).every((matcher) => matcher({})))
      throw refused(
        'matchers: none of them asks for a label that is there, so nearly everything would be silenced; to mean that, match alertname=~".+"',
      );
    const added = { id: this.#parts.ids.shortId(), ...silence };
    await this.#records.change(() => {
      const over = this.list().filter(({ until }) => until < now - keepMs);
      const most = forAll ? mostSilences : mostSilences - kept;
      if (this.list().length - over.length >= most)
        throw new WherryError('alerts_full', `there are ${most} silences already`, { component });
      return {
        puts: [{ kind: 'silence', id: added.id, body: added }],
        removes: over.map(({ id }) => ({ kind: 'silence', id })),
      };
    });
    return added;
  }

  /** Throws `alert_silence_unknown`. */
  get(id: string): Silence {
    const found = this.#records.of('silence').get(id);
    if (found !== undefined) return found;
    throw new WherryError('alert_silence_unknown', `${printable(id)} is no silence here`, { component });
  }

  /** Ends it now. Throws `alert_silence_unknown`. */
  async end(id: string): Promise<void> {
    this.get(id);
    await this.#records.write([], [{ kind: 'silence', id }]);
  }
}

function refused(rule: string): WherryError {
  return new WherryError('bad_value', rule, { component });
}
