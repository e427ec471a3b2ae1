import type { Channel, Letter } from '@wherry/core/alert-channel';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName, isName, parseFullName, printable } from '@wherry/core/names';
import type { CallbackSender } from '@wherry/core/ports/callback-sender';
import type { ChannelMessage, Channels, MessageFate } from '@wherry/core/ports/channels';
import type { Ids } from '@wherry/core/ports/ids';
import { gatewayNames } from '@wherry/core/rules/network-access';
import type { Order, QueueBook } from '../queue/queue-book.ts';

export interface QueueChannelParts {
  readonly queue: Pick<QueueBook, 'submit' | 'notify' | 'find'>;
  readonly callbacks: CallbackSender;
  readonly ids: Ids;
  /** The channels of the alerts. */
  readonly named: { list(): readonly Channel[] };
}

/** Longer than anybody hands a message over again. */
const keyMs = 60 * 86_400_000;
/** What a mail server or a chat does not take for so long is a dead letter. */
const mostAgeMs = 3 * 86_400_000;
const timeMs = 30_000;
const host = gatewayNames[0] as string;
const component = 'channels';

type Way =
  | { readonly kind: 'function'; readonly of: FunctionName }
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'named'; readonly channel: Channel };

/**
 * Messages by the channels of the alerts, by their names: a mail, a chat and the others are sent by the queue, in their lanes. And by two that need no
 * settings: `function:NAME.NAMESPACE`, called through the queue, and `webhook:URL`, told as answers of queued calls are and signed as those are.
 */
export class QueueChannels implements Channels {
  readonly #parts: QueueChannelParts;

  constructor(parts: QueueChannelParts) {
    this.#parts = parts;
  }

  check(channel: string): void {
    const way = this.#wayTo(channel);
    if (way.kind === 'webhook') this.#parts.callbacks.check(way.url);
  }

  async deliver(message: ChannelMessage, signal?: AbortSignal): Promise<{ readonly id?: string }> {
    const { channel: name, subject, text, html, key, at, short } = message;
    const way = this.#wayTo(name);
    const whole = { subject, text, html, key };
    if (way.kind === 'webhook') return this.#post(way.url, key, bytesOf(whole), signal);
    if (way.kind === 'function') return this.#call(way.of, key, bytesOf(whole));
    const letter: Letter = { ...whole, kind: 'report', id: headerText(key), short, at };
    const { target } = way.channel;
    if (target !== undefined) return this.#call(target, key, bytesOf({ kind: letter.kind, ...whole }));
    const order = {
      channel: name,
      body: bytesOf(letter),
      key,
      about: 'report',
      maxAgeMs: mostAgeMs,
    } as const;
    const [id] = await this.#parts.queue.notify([{ ...order, id: this.#parts.ids.callId() }]);
    return id === undefined ? {} : { id };
  }

  async fate(id: string): Promise<MessageFate> {
    const [found] = await this.#parts.queue.find({ id, limit: 1 });
    if (found === undefined) return undefined;
    const { state, note } = found;
    const why = note === undefined ? {} : { cause: note.cause };
    if (state === 'done') return { state: 'sent' };
    if (state === 'cancelled') return { state: 'failed', cause: 'it was taken back from the queue' };
    if (state === 'dead') return { state: 'failed', cause: 'it is a dead letter', ...why };
    return { state: 'queued', ...why };
  }

  async #call(of: FunctionName, key: string, body: Uint8Array): Promise<{ readonly id?: string }> {
    try {
      const [id] = await this.#parts.queue.submit([orderFor(of, key, body)]);
      return id === undefined ? {} : { id };
    } catch (error) {
      // Handed over before, when it was written in other words: it is on its way, or was there.
      if (asWherryError(error, component).code !== 'idempotency_conflict') throw error;
      return {};
    }
  }

  async #post(
    url: string,
    key: string,
    body: Uint8Array,
    given?: AbortSignal,
  ): Promise<{ readonly id?: string }> {
    const late = AbortSignal.timeout(timeMs);
    const signal = given === undefined ? late : AbortSignal.any([given, late]);
    const headers = ['Content-Type', 'application/json', 'X-Wherry-Message', headerText(key)];
    const answer = { url, id: headerText(key), headers, body };
    const { status, cause } = await this.#parts.callbacks.send(answer, signal);
    if (status < 200 || status >= 300) throw new WherryError('channel_refused', cause, { component });
    return {};
  }

  #wayTo(text: string): Way {
    const [, kind, to = ''] = /^(function|webhook):(.{1,2000})$/.exec(text) ?? [];
    const of = kind === 'function' ? parseFullName(to) : undefined;
    if (of !== undefined) return { kind: 'function', of };
    if (kind === 'webhook' && URL.canParse(to)) return { kind, url: to };
    const known = this.#parts.named.list().filter((one) => one.kind !== 'heartbeat');
    const channel = isName(text) ? known.find(({ name }) => name === text) : undefined;
    if (channel !== undefined) return { kind: 'named', channel };
    const names = known.map(({ name }) => name).join(', ');
    const others = names === '' ? 'no channel was added yet' : `there are ${names}`;
    throw new WherryError('channel_refused', `${printable(text)} is no channel for reports; ${others}`, {
      component,
    });
  }
}

function bytesOf(message: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

function orderFor(of: FunctionName, key: string, body: Uint8Array): Order {
  const target = fullName(of);
  return {
    of,
    head: {
      ...{ trigger: 'internal', target, method: 'POST', path: '/', depth: 0 },
      headers: ['Host', host, 'Content-Type', 'application/json', 'X-Wherry-Message', headerText(key)],
      from: { address: '127.0.0.1', host, scheme: 'http' },
      caller: { name: `message to ${target}`, scopes: ['invoke'], functions: `${of.namespace}/${of.name}` },
    },
    body,
    // As of schedules: no key of a caller begins so.
    ...{ key: `\n\nmessage\n${key}`, keyMs },
  };
}

/** Channels may be addresses with anything in them. */
function headerText(key: string): string {
  return encodeURI(key).slice(0, 500);
}
