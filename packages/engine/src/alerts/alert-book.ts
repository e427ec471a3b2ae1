// Long because: what people ask of alerting is asked here; each part of it is beside this file.
import type { AlertRule } from '@wherry/core/alert';
import type { Channel } from '@wherry/core/alert-channel';
import { asWherryError } from '@wherry/core/errors';
import type { Cancel } from '@wherry/core/ports/clock';
import { ruleFor } from '@wherry/core/rules/alert-annotation';
import { functionIn } from '@wherry/core/rules/alert-labels';
import { holds } from '@wherry/core/rules/alert-step';
import { QueueClock } from '../queue/queue-clock.ts';
import type { AlertParts, AlertSettings } from './alert-parts.ts';
import { AlertRecords } from './alert-records.ts';
import { type AlertSet, changeBy } from './alert-set.ts';
import type { AlertView, RuleTrial } from './alert-view.ts';
import { alertingEvents } from './alerting-events.ts';
import { ChannelBook } from './channel-book.ts';
import { Deliveries } from './deliveries.ts';
import { alertLabels } from './evaluation.ts';
import { Evaluator } from './evaluator.ts';
import { Fates } from './fates.ts';
import { channelsOf } from './messages.ts';
import { Notifier } from './notifier.ts';
import { RuleBook } from './rule-book.ts';
import { saidOf } from './saying.ts';
import { SilenceBook } from './silence-book.ts';
import { type Telling, tellingsOf } from './tellings.ts';
import { type AlertHealth, type Beat, Watchdog } from './watchdog.ts';

const closeMs = 5_000;

/** Tells people what is wrong: looks at the rules, remembers what fires, says it once, and says when it is over. */
export class AlertBook {
  readonly rules: RuleBook;
  readonly channels: ChannelBook;
  readonly silences: SilenceBook;
  readonly deliveries: Deliveries;
  readonly fates: Fates;
  readonly #parts: AlertParts;
  readonly #settings: AlertSettings;
  readonly #records: AlertRecords;
  readonly #evaluator: Evaluator;
  readonly #notifier: Notifier;
  readonly #watchdog: Watchdog;
  #timer: Cancel | undefined;
  #underWay: Promise<void> | undefined;
  #closed = false;
  /** Seconds that rounds took since the start, the waiting of queries for others included. */
  spentSeconds = 0;
  rounds = 0;

  constructor(parts: AlertParts, settings: AlertSettings) {
    const time = new QueueClock(parts.clock);
    const now = (): number => Math.round(time.now());
    this.#parts = parts;
    this.#settings = settings;
    const records = new AlertRecords(parts.alerts, (puts, removes) => {
      for (const event of alertingEvents(puts, removes, parts.clock.now())) parts.events.tell(event);
    });
    this.#records = records;
    const rules = new RuleBook(records, parts);
    const silences = new SilenceBook(records, parts);
    const channels = new ChannelBook(records, parts, silences, settings.source);
    this.deliveries = new Deliveries(parts, records);
    this.fates = new Fates(parts.queue, records);
    this.rules = rules;
    this.silences = silences;
    this.channels = channels;
    this.#evaluator = new Evaluator(parts, records, rules, now);
    this.#notifier = new Notifier(parts, settings, { records, rules, silences, channels }, now);
    this.#watchdog = new Watchdog(parts, settings, records, channels);
  }

  /** Takes up what was left, before the queue begins to send it. */
  load(): Promise<void> {
    return this.#records.load();
  }

  /** Begins. What fired still fires, and nobody is told of it again before its time. */
  start(): void {
    this.#watchdog.start();
    this.#timer = this.#parts.clock.every(this.#settings.everyMs, () => this.round());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    this.#watchdog.stop();
    this.#evaluator.close();
    // A round that never ends must not keep the gateway from ending.
    await new Promise<void>((resolve) => {
      const late = this.#parts.clock.after(closeMs, resolve);
      void (this.#underWay ?? Promise.resolve()).then(() => {
        late();
        resolve();
      });
    });
  }

  /** Looks at everything now. Never rejects. */
  round(): Promise<void> {
    this.#underWay ??= this.#round().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  /**
   * Puts rules and channels in, all or none; those of their names are replaced. Where it stops in the middle because nothing can be written,
   * a channel whose secret is for another address by then sends nothing until it is put again. Throws what is wrong behind its place, `alerts_full`, and the stores' errors.
   */
  async put(set: AlertSet): Promise<void> {
    await this.channels.keep(set.channels, await changeBy(set, this));
  }

  /** Whether `put` would take it. Throws the same. */
  async check(set: AlertSet): Promise<void> {
    await changeBy(set, this);
  }

  /** What is pending or fires, the worst first. */
  list(): readonly AlertView[] {
    const rules = new Map(this.rules.list().map((rule) => [rule.name, rule]));
    const now = this.#parts.clock.now();
    const views = [...this.#records.of('state')]
      .filter(([, { state }]) => state !== 'resolved')
      .map(([id, state]): AlertView => {
        const of = rules.get(state.rule);
        const fn = functionIn(state.labels);
        const own = fn === undefined ? undefined : this.#parts.functions.get(fn)?.fleet.policy.alerts;
        const { value: valueText, ...said } = saidOf(
          of === undefined ? undefined : (ruleFor(of, own) ?? of),
          state,
        );
        const silencedBy = this.silences.silences(state.labels, now).map((silence) => silence.id);
        return { ...state, id, ...said, valueText, silencedBy, of };
      });
    return views.sort((a, b) => (a.state === b.state ? a.since - b.since : a.state === 'firing' ? -1 : 1));
  }

  /** Who is told of alerts, by the ids of these. */
  tellings(views: readonly AlertView[]): Promise<ReadonlyMap<string, Telling>> {
    return tellingsOf(views, this.fates, this.channels.list(), (...asked) => this.silences.takes(...asked));
  }

  events(): ReturnType<AlertRecords['events']> {
    return this.#records.events();
  }

  get health(): AlertHealth {
    return this.#watchdog.health;
  }

  /** What is wrong with rules that cannot be evaluated, by their names. */
  get failing(): ReadonlyMap<string, string> {
    return this.#evaluator.failing;
  }

  /** What a rule, kept or not, gives now. Throws what is wrong with it. */
  async try(rule: AlertRule): Promise<readonly RuleTrial[]> {
    await this.rules.check(rule);
    const seen = await this.#evaluator.try(rule);
    return seen.map((one) => {
      const labels = alertLabels(rule, one.labels);
      const { sentence, summary, value: valueText } = saidOf(rule, { ...one, labels, rule: rule.name });
      return {
        ...{ labels, value: one.value, valueText, sentence, summary },
        holds: holds(rule.is, one.value, rule.threshold),
      };
    });
  }

  /** Sends a message that says that nothing is wrong. Resolves with the id of its delivery. Throws `alert_channel_unknown`. */
  async test(channelName: string, rule?: AlertRule): Promise<string> {
    const channel = this.channels.get(channelName);
    const id = this.#parts.ids.callId();
    await this.#notifier.send(channel, this.channels.testNotice(id, rule), id, `test ${id}`);
    return id;
  }

  /** A heartbeat beats once, now: what it is for is no message that waits in a queue. */
  beat(channel: Channel): Promise<Beat> {
    return this.#watchdog.beat(channel);
  }

  /** Sends what a rule would, marked as a test. Resolves with the ids of the deliveries. Throws `alert_rule_unknown`. */
  async fire(name: string): Promise<readonly string[]> {
    const rule = this.rules.get(name);
    return Promise.all(channelsOf(rule, this.channels.list()).map((one) => this.test(one.name, rule)));
  }

  async #round(): Promise<void> {
    if (this.#closed) return;
    const from = this.#parts.clock.monotonic();
    try {
      await this.#evaluator.round();
      await this.#notifier.round();
      this.#watchdog.passed();
    } catch (thrown) {
      this.#watchdog.failed(asWherryError(thrown, 'alerts').message);
    }
    this.rounds += 1;
    this.spentSeconds += (this.#parts.clock.monotonic() - from) / 1000;
  }
}
