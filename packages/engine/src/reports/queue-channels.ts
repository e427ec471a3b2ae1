import { asWherryError, WherryError } from '@wherry/core/errors';
import { fullName, parseFullName, printable } from '@wherry/core/names';
import type { CallbackSender } from '@wherry/core/ports/callback-sender';
import type { ChannelMessage, Channels } from '@wherry/core/ports/channels';
import { gatewayNames } from '@wherry/core/rules/network-access';
import type { Order } from '../queue/queue-book.ts';

export interface QueueChannelParts {
  readonly submit: (orders: readonly Order[]) => Promise<readonly string[]>;
  readonly callbacks: CallbackSender;
}

/** Longer than anybody hands a message over again. */
const keyMs = 60 * 86_400_000;
const timeMs = 30_000;
const host = gatewayNames[0] as string;
const component = 'channels';

/**
 * The two channels that need no settings: `function:NAME.NAMESPACE`, called through the queue, and `webhook:URL`, told as answers of queued calls
 * are and signed as those are. Both get a JSON object with `subject`, `text`, `html` and `key`.
 */
export class QueueChannels implements Channels {
  readonly #parts: QueueChannelParts;

  constructor(parts: QueueChannelParts) {
    this.#parts = parts;
  }

  check(channel: string): void {
    const { kind, to } = this.#read(channel);
    if (kind === 'webhook') this.#parts.callbacks.check(to);
  }

  async deliver({ channel, ...message }: ChannelMessage): Promise<void> {
    const { kind, to } = this.#read(channel);
    const body = new TextEncoder().encode(JSON.stringify(message));
    if (kind === 'webhook') return this.#post(to, message.key, body);
    try {
      await this.#parts.submit([orderFor(to, message.key, body)]);
    } catch (error) {
      // Handed over before, when it was written in other words: it is on its way, or was there.
      if (asWherryError(error, component).code !== 'idempotency_conflict') throw error;
    }
  }

  async #post(url: string, key: string, body: Uint8Array): Promise<void> {
    const headers = ['Content-Type', 'application/json', 'X-Wherry-Message', headerText(key)];
    const answer = { url, id: headerText(key), headers, body };
    const { status, cause } = await this.#parts.callbacks.send(answer, AbortSignal.timeout(timeMs));
    if (status < 200 || status >= 300) throw new WherryError('channel_refused', cause, { component });
  }

  #read(channel: string): { readonly kind: 'function' | 'webhook'; readonly to: string } {
    const [, kind, to = ''] = /^(function|webhook):(.{1,2000})$/.exec(channel) ?? [];
    const of = kind === 'function' ? parseFullName(to) : undefined;
    if (of !== undefined) return { kind: 'function', to: fullName(of) };
    if (kind === 'webhook' && URL.canParse(to)) return { kind, to };
    throw new WherryError('channel_refused', `${printable(channel)} is no channel`, { component });
  }
}

function orderFor(target: string, key: string, body: Uint8Array): Order {
  const of = parseFullName(target);
  if (of === undefined) throw new Error(`${target} is no function`);
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
