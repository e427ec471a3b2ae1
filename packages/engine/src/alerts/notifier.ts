import type { AlertState } from '@wherry/core/alert';
import type { Channel, Notice } from '@wherry/core/alert-channel';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { fullName } from '@wherry/core/names';
import type { AlertDocument, AlertKey } from '@wherry/core/ports/alert-store';
import { groupNews, isDue } from '@wherry/core/rules/alert-groups';
import { namespaceIn } from '@wherry/core/rules/alert-labels';
import type { AlertParts, AlertSettings } from './alert-parts.ts';
import type { AlertRecords } from './alert-records.ts';
import type { ChannelBook } from './channel-book.ts';
import { isHeard, type Listeners, messagesFor, owedTo, toldNow } from './messages.ts';
import type { RuleBook } from './rule-book.ts';
import type { SilenceBook } from './silence-book.ts';

/** A message keeps its number for so long; it is not sent twice in that time. */
const keyMs = 31 * 86_400_000;

/**
 * Says what is to be said, to whom. What is to be sent is on disk together with the note that it was told, before it goes into the queue, and is
 * taken off when it is there: whatever ends in between, it is put in again, and the queue knows it by its key.
 */
export class Notifier {
  readonly #parts: AlertParts;
  readonly #settings: AlertSettings;
  readonly #records: AlertRecords;
  readonly #rules: RuleBook;
  readonly #silences: SilenceBook;
  readonly #channels: ChannelBook;
  readonly #time: () => number;

  constructor(
    parts: AlertParts,
    settings: AlertSettings,
    books: { records: AlertRecords; rules: RuleBook; silences: SilenceBook; channels: ChannelBook },
    time: () => number,
  ) {
    this.#parts = parts;
    this.#settings = settings;
    this.#records = books.records;
    this.#rules = books.rules;
    this.#silences = books.silences;
    this.#channels = books.channels;
    this.#time = time;
  }

  /** Throws where something could not be kept or queued; it is tried again in the next round. */
  async round(): Promise<void> {
    const groups = new Map<string, AlertState[]>();
    for (const state of this.#records.of('state').values()) {
      const key = groupKey(state.rule, namespaceIn(state.labels));
      groups.set(key, [...(groups.get(key) ?? []), state]);
    }
    for (const [key, alerts] of groups) await this.#group(key, alerts);
    await this.#forget(groups);
    await this.#sendLeft();
  }

  /** Puts one message into the queue of one channel. Resolves with the id of its delivery. */
  async send(channel: Channel, notice: Notice, id: string, key: string): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify(notice));
    if (channel.kind !== 'function' || channel.target === undefined)
      return void (await this.#parts.queue.notify([{ id, channel: channel.name, body, key }]));
    const { target } = channel;
    if (this.#parts.functions.get(target) === undefined)
      throw new WherryError('function_unknown', `${fullName(target)} is not deployed`, {
        component: 'alerts',
      });
    const of = fullName(target);
    await this.#parts.queue.submit([
      {
        ...{ id, of: target, body, key: `\n\nnotice\n${channel.name}\n${key}`, keyMs },
        head: {
          ...{ trigger: 'internal', target: of, method: 'POST', path: '/', depth: 0 },
          headers: ['Host', 'gateway', 'Content-Type', 'application/json', 'X-Wherry-Alert', notice.rule],
          from: { address: '127.0.0.1', host: 'gateway', scheme: 'http' },
          caller: {
            name: `channel ${channel.name}`,
            scopes: ['invoke'],
            functions: `${target.namespace}/${target.name}`,
          },
        },
      },
    ]);
  }

  async #group(key: string, alerts: readonly AlertState[]): Promise<void> {
    const now = this.#time();
    const group = this.#records.of('group').get(key);
    if (group?.unsent !== undefined && group.unsent.length > 0) return;
    const { rule: name, labels } = alerts[0] as AlertState;
    const rule = this.#rules.list().find((one) => one.name === name);
    const listeners: Listeners = {
      channels: this.#channels.list(),
      takes: (matchers, of) => this.#silences.takes(matchers, of),
    };
    const silenced = (state: AlertState): boolean =>
      !isHeard(rule, state, listeners) ||
      this.#silences.silences(state.labels, this.#parts.clock.now()).length > 0;
    // Not by its name in the record: a channel may be called constructor.
    const toldTo = new Map(Object.entries(group?.toldTo ?? {}));
    const repeats = (channel: string): boolean =>
      isDue(toldTo.get(channel) ?? group?.toldAt, this.#settings.repeatMs, now);
    const news = groupNews(group, alerts, silenced, this.#settings, now, (firing) =>
      listeners.channels.some(
        (channel) =>
          repeats(channel.name) &&
          firing.some((state) => isHeard(rule, state, { ...listeners, channels: [channel] })),
      ),
    );
    if (news === undefined) return;
    const next = { rule: name, namespace: namespaceIn(labels), seq: (group?.seq ?? 0) + 1, toldAt: now };
    const { unsent, by } = messagesFor(rule, next, news, {
      ...{ ...listeners, repeats },
      newId: () => this.#parts.ids.callId(),
      at: Math.round(this.#parts.clock.now()),
      source: this.#settings.source(),
    });
    const puts: AlertDocument[] = [];
    const removes: AlertKey[] = [];
    for (const [id, state] of this.#records.of('state')) {
      const messages = by.get(state) ?? [];
      if (news.resolved.includes(state)) {
        const owed = owedTo(rule, state, listeners, messages);
        if (owed.length > 0) puts.push({ kind: 'state', id, body: { ...state, messages: owed } });
        else removes.push({ kind: 'state', id });
      } else if (messages.length > 0) {
        const before = (state.messages ?? []).filter(
          (one) => !messages.some(({ channel }) => channel === one.channel),
        );
        puts.push({ kind: 'state', id, body: { ...state, told: true, messages: [...before, ...messages] } });
      }
    }
    if (unsent.length === 0 && removes.length === 0) return;
    // Resolved alerts are written as told, should their removal behind it be lost.
    for (const { id } of removes) {
      const state = this.#records.of('state').get(id) as AlertState;
      puts.push({ kind: 'state', id, body: { ...state, told: false } });
    }
    const told = toldNow(group?.toldTo, unsent, listeners.channels, now);
    const body = { ...next, toldTo: told, unsent };
    await this.#records.write([...puts, { kind: 'group', id: key, body }], removes);
  }

  /** What an earlier round, or an earlier process, did not get into the queue. */
  async #sendLeft(): Promise<void> {
    for (const [key, group] of this.#records.of('group')) {
      const { unsent = [], ...rest } = group;
      if (unsent.length === 0) continue;
      const puts: AlertDocument[] = [{ kind: 'group', id: key, body: rest }];
      for (const { channel: name, id, notice } of unsent) {
        const at = Math.round(this.#parts.clock.now());
        const event = { id: this.#parts.ids.callId(), at, rule: group.rule, channel: name, delivery: id };
        const failure = await this.#handOver(name, notice, id, `${key}\n${group.seq}`);
        const body =
          failure === undefined
            ? { ...event, what: 'queued' as const }
            : { ...event, what: 'failed' as const, says: failure };
        puts.push({ kind: 'event', id: event.id, body });
      }
      await this.#records.write(puts);
    }
  }

  /** Undefined where it is in the queue; else why it never will be. Throws where it can be tried again. */
  async #handOver(name: string, notice: Notice, id: string, key: string): Promise<string | undefined> {
    const channel = this.#channels.list().find((one) => one.name === name);
    if (channel === undefined) return 'the channel was removed';
    try {
      await this.send(channel, notice, id, key);
      return undefined;
    } catch (thrown) {
      const error = asWherryError(thrown, 'alerts');
      // The same number with another text: it was sent.
      if (error.code === 'idempotency_conflict') return undefined;
      if (error.code !== 'function_unknown') throw error;
      this.#parts.problem(`a message to the channel ${name} was given up: ${error.message}`);
      return error.message;
    }
  }

  /** Groups of which nothing is left, once their next message need not wait any more. */
  async #forget(groups: ReadonlyMap<string, unknown>): Promise<void> {
    const now = this.#time();
    const gone = [...this.#records.of('group')].filter(
      ([key, { unsent = [], toldAt }]) =>
        !groups.has(key) && unsent.length === 0 && Math.abs(now - toldAt) > keyMs,
    );
    if (gone.length > 0)
      await this.#records.write(
        [],
        gone.map(([id]) => ({ kind: 'group', id })),
      );
  }
}

function groupKey(rule: string, namespace: string): string {
  return `${rule}\n${namespace}`;
}
