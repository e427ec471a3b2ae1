import type { Channel, ChannelSecret, Letter, Notice } from '@wherry/core/alert-channel';
import type { AlertRule } from '@wherry/core/alert';
import { ruleSentence } from '@wherry/core/rules/alert-text';
import { WherryError } from '@wherry/core/errors';
import { isName, printable } from '@wherry/core/names';
import type { Received } from '@wherry/core/ports/callback-sender';
import { laneOf } from '../queue/notices.ts';
import type { AlertParts } from './alert-parts.ts';
import type { AlertChange, AlertRecords } from './alert-records.ts';
import type { SilenceBook } from './silence-book.ts';

const mostChannels = 50;
const component = 'alerts';
/** Where secrets of channels are kept among those of functions; no namespace is called that. */
const secretSpace = '(alerts)';
const otherPlace = 'what is secret about it is for another address: put the channel again';
const testSays = 'This is a test: nothing is wrong. Whoever reads it would hear of alerts here.';

/** Messages that went with a channel. */
export interface ChannelRemoval {
  /** Those that waited for it, or were being sent. */
  readonly waiting: number;
  /** Those that had been given up. */
  readonly dead: number;
}

/** Who is told, and how. What is secret about it goes in, and comes out only where it is sent. */
export class ChannelBook {
  readonly #records: AlertRecords;
  readonly #parts: AlertParts;
  readonly #silences: SilenceBook;
  readonly #source: () => string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(records: AlertRecords, parts: AlertParts, silences: SilenceBook, source: () => string) {
    this.#records = records;
    this.#parts = parts;
    this.#silences = silences;
    this.#source = source;
  }

  list(): readonly Channel[] {
    return [...this.#records.of('channel').values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Names of those whose secret cannot be read, because its key is lost. */
  async unreadable(): Promise<ReadonlySet<string>> {
    const lost = (await this.#parts.secrets.list()).filter(
      ({ namespace, readable }) => namespace === secretSpace && !readable,
    );
    return new Set(lost.map(({ name }) => name));
  }

  has(name: string): boolean {
    return this.#records.of('channel').has(name);
  }

  /** Throws `alert_channel_unknown`. */
  get(name: string): Channel {
    const found = this.#records.of('channel').get(name);
    if (found !== undefined) return found;
    throw new WherryError('alert_channel_unknown', `${printable(name)} is no channel here`, { component });
  }

  /** Makes it, or puts it in the place of the one of its name. Throws `alert_channel_refused`, `bad_value`, `alerts_full`. */
  async put(channel: Channel, secret: ChannelSecret): Promise<void> {
    this.check(channel, secret);
    await this.keep([{ channel, secret }], () => {
      this.checkRoom([channel]);
      return { puts: [{ kind: 'channel', id: channel.name, body: channel }] };
    });
  }

  /** Their secrets, and then what `decide` says, which is asked before, too. One at a time: what is secret and what is not belong together. */
  keep(
    channels: readonly { readonly channel: Channel; readonly secret: ChannelSecret }[],
    decide: () => AlertChange,
  ): Promise<void> {
    return this.#inTurn(async () => {
      decide();
      for (const { channel, secret } of channels) await this.#keepSecret(channel, secret);
      await this.#records.change(decide);
    });
  }

  /** Whether something could be sent there. Throws `alert_channel_refused`, `bad_value`. */
  check(channel: Channel, secret: ChannelSecret): void {
    if (!isName(channel.name)) throw refused(`${printable(channel.name)} cannot name a channel`);
    this.#silences.compile(channel.matchers);
    this.#parts.notices.check(channel, secret);
  }

  /** Whether they all fit. Throws `alerts_full`. */
  checkRoom(channels: readonly Channel[]): void {
    const known = this.#records.of('channel');
    const added = channels.filter(({ name }) => !known.has(name));
    if (added.length > 0 && known.size + added.length > mostChannels)
      throw new WherryError('alerts_full', `there is room for ${mostChannels} channels`, { component });
  }

  async #keepSecret(channel: Channel, secret: ChannelSecret): Promise<void> {
    const { clock, secrets } = this.#parts;
    const name = { namespace: secretSpace, name: channel.name };
    const there = (await secrets.list()).some(
      (one) => one.namespace === secretSpace && one.name === channel.name,
    );
    const value = new TextEncoder().encode(JSON.stringify({ ...secret, of: placeOf(channel) }));
    await secrets.put(name, value, there ? 'replace' : 'create', clock.now());
  }

  /**
   * With the messages that wait for it or were given up: there is nowhere to send them to any more. Throws `alert_channel_unknown`, and
   * `alert_channel_used` where reports go there: they would go nowhere, and nobody would notice.
   */
  remove(name: string): Promise<ChannelRemoval> {
    return this.#inTurn(() => this.#remove(name));
  }

  async #remove(name: string): Promise<ChannelRemoval> {
    this.get(name);
    const users = (await this.#parts.reportsTo(name)).join(', ');
    if (users !== '')
      throw new WherryError('alert_channel_used', `${name} gets the report ${users}`, { component });
    const [queue, lane] = [this.#parts.queue, laneOf(name)];
    // Before, since an attempt that finds no channel takes its message back by itself; and after, for what has come meanwhile.
    const waiting = await queue.cancel({ lane });
    await this.#records.write([], [{ kind: 'channel', id: name }]);
    await this.#parts.secrets.remove({ namespace: secretSpace, name });
    const late = await queue.cancel({ lane });
    const dead = await queue.discard({ lane });
    return { waiting: waiting.length + late.length, dead: dead.length };
  }

  /** One attempt at a message from the queue. Rejects where no other one would help. */
  async send(name: string, body: Uint8Array, signal: AbortSignal): Promise<Received> {
    const channel = this.get(name);
    const message = JSON.parse(new TextDecoder().decode(body)) as Notice | Letter;
    const secret = await this.#secret(channel);
    if (secret === undefined) return { status: 0, cause: otherPlace };
    if (message.kind === 'report') return this.#parts.notices.write(channel, secret, message, signal);
    return this.#parts.notices.send(channel, secret, message, signal);
  }

  /** Says that all is well. Never rejects. */
  async beat(channel: Channel, signal: AbortSignal): Promise<Received> {
    try {
      const secret = await this.#secret(channel);
      if (secret === undefined) return { status: 0, cause: otherPlace };
      return await this.#parts.notices.beat(channel, secret, signal);
    } catch (error) {
      return { status: 0, cause: (error as Error).message };
    }
  }

  /** A message that says that nothing is wrong. */
  testNotice(id: string, rule?: AlertRule): Notice {
    const at = Math.round(this.#parts.clock.now());
    const [name, severity] = [rule?.name ?? 'test', rule?.severity ?? 'info'];
    const sentence = rule === undefined ? 'a test' : ruleSentence(rule);
    return {
      ...{ id, kind: 'test', status: 'firing', rule: name, severity, namespace: '', at, more: 0 },
      ...{ title: `Test: ${rule === undefined ? 'alerts arrive here' : sentence}`, source: this.#source() },
      alerts: [
        {
          ...{ status: 'firing', labels: { alertname: name, severity }, startsAt: at, value: '1' },
          ...{ sentence, summary: testSays, action: 'Nothing has to be done.' },
          fingerprint: '0000000000000000',
        },
      ],
    };
  }

  /** Undefined where it is for another place than the channel: a password must not be shown to a server that it is not for. */
  async #secret(channel: Channel): Promise<ChannelSecret | undefined> {
    const value = await this.#parts.secrets.read({ namespace: secretSpace, name: channel.name });
    if (value === undefined) return {};
    const { of, ...secret } = JSON.parse(new TextDecoder().decode(value)) as ChannelSecret & { of?: string };
    // Those of before this was kept say nothing of it.
    return of === undefined || of === placeOf(channel) ? secret : undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** Where a channel's secret is shown. */
function placeOf({ kind, origin = '', mail }: Channel): string {
  const server = mail === undefined ? '' : `${mail.security} ${mail.user ?? ''} ${mail.host}:${mail.port}`;
  return `${kind} ${origin}${server}`;
}

function refused(why: string): WherryError {
  return new WherryError('alert_channel_refused', why, {
    component,
    next: 'Use 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit.',
  });
}
