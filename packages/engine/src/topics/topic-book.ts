import { allows, type Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName, printable } from '@wherry/core/names';
import type { Body } from '@wherry/core/ports/body';
import type { Headers } from '@wherry/core/ports/forwarder';
import { asyncRequest } from '@wherry/core/rules/async-request';
import { cronTopic } from '@wherry/core/rules/schedules';
import { checkTopic } from '@wherry/core/rules/topics';
import type { Gatekeeper } from '../access/gatekeeper.ts';
import type { ActiveFunction } from '../functions/active-function.ts';
import type { FunctionTable } from '../functions/function-table.ts';
import type { Call, CallInput, CallOutput } from '../invoke/call.ts';
import { tooLarge } from '../invoke/admit.ts';
import type { HeldBodies } from '../invoke/gather.ts';
import type { Next } from '../invoke/pipeline.ts';
import type { Order } from '../queue/queue-book.ts';

export interface TopicParts {
  readonly functions: FunctionTable;
  readonly gatekeeper: Gatekeeper;
  readonly bodies: HeldBodies;
  /** Largest body of a message. */
  readonly maxBodyBytes: number;
  readonly prepare: (input: CallInput, output: CallOutput) => Call;
  /** The way of a call that is to be kept together with others. */
  readonly publication: (take: (order: Order) => void) => Next;
  /** Puts calls into the queue, all or none. */
  readonly submit: (orders: readonly Order[]) => Promise<readonly string[]>;
}

/** What somebody has to say, and who says it. */
export interface Message {
  readonly topic: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly by: Principal;
  readonly from: CallInput['from'];
  readonly depth?: number;
}

/** A call that a message became. */
export interface Published extends FunctionName {
  readonly id: string;
}

const component = 'topics';
/** What only we say to functions, what is for us, and the connection's. */
const dropped = /^(?:x-topic|x-connector|x-wherry-slot|authorization|idempotency-key|x-call-id)$/i;

/** Who wants to hear of what, and how it is told: one queued call for each, all of them or none. */
export class TopicBook {
  readonly #parts: TopicParts;

  constructor(parts: TopicParts) {
    this.#parts = parts;
  }

  /** Topics with their subscribers, of the functions that `may` lets through. */
  list(may: (fn: FunctionName) => boolean): readonly (readonly [string, readonly FunctionName[]])[] {
    const topics = new Map<string, FunctionName[]>();
    for (const fn of this.#parts.functions.list().filter(may))
      for (const topic of fn.fleet.policy.topics) topics.set(topic, [...(topics.get(topic) ?? []), fn]);
    return [...topics].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /**
   * Resolves once a call for each subscriber that the speaker may call is on disk. Throws `topic_unknown` where there is none, and whatever one of
   * the calls is refused for; then none is kept.
   */
  async publish(message: Message): Promise<readonly Published[]> {
    const { topic, by } = message;
    checkTopic('topic', topic);
    if (topic === cronTopic)
      throw new WherryError(
        'bad_value',
        `${cronTopic} is the clock's; to run a schedule now: wherry schedule run`,
        {
          component,
        },
      );
    const subscribers = this.#parts.functions
      .list()
      .filter((fn) => fn.fleet.policy.topics.includes(topic) && this.#mayCall(by, fn));
    if (subscribers.length === 0)
      throw new WherryError(
        'topic_unknown',
        `no function that ${by.name} may call has the topic ${printable(topic)}`,
        {
          component,
          name: topic,
        },
      );
    const { prepare, bodies, maxBodyBytes } = this.#parts;
    // Stands for all of them while the message is on its way in.
    const whole = prepare(inputOf(message, subscribers[0] as ActiveFunction), new Refusal());
    whole.mostBytesIn = maxBodyBytes;
    if ((message.body.length ?? 0) > maxBodyBytes) throw tooLarge(whole);
    let published: readonly Published[] = [];
    await bodies.hold(whole, async () => {
      published = await this.#keep({ ...message, body: whole.input.body }, subscribers);
    });
    return published;
  }

  async #keep(message: Message, subscribers: readonly ActiveFunction[]): Promise<readonly Published[]> {
    const { topic, by } = message;
    const { key } = asyncRequest(message.headers);
    const orders: Order[] = [];
    for (const fn of subscribers) {
      const order = await this.#order(message, fn);
      orders.push(key === undefined ? order : { ...order, key: `\n\ntopic ${topic}\n${by.name}\n${key}` });
    }
    const ids = await this.#parts.submit(orders);
    return orders.map(({ of }, at) => ({ ...of, id: ids[at] as string }));
  }

  /** Takes one call as far as the queue. */
  async #order(message: Message, fn: ActiveFunction): Promise<Order> {
    const { prepare, publication } = this.#parts;
    let order: Order | undefined;
    const output = new Refusal();
    await publication((taken) => (order = taken))(prepare(inputOf(message, fn), output));
    if (output.why !== undefined) throw output.why;
    if (order === undefined) throw new Error('a call that was not refused is kept');
    return order;
  }

  #mayCall(by: Principal, fn: ActiveFunction): boolean {
    const { visibility, webhook } = fn.fleet.policy;
    return allows(by, 'invoke', fn) || (webhook === undefined && this.#parts.gatekeeper.isPublic(visibility));
  }
}

function inputOf({ topic, headers, body, by, from, depth }: Message, fn: FunctionName): CallInput {
  return {
    ...{ trigger: 'event', target: fullName(fn), method: 'POST', path: '/', body },
    headers: [...kept(headers), 'X-Connector', 'wherry', 'X-Topic', topic],
    ...{ alias: undefined, authorization: undefined, caller: by, from },
    ...(depth === undefined ? {} : { depth }),
  };
}

function kept(headers: Headers): Headers {
  return headers.filter((_, i) => !dropped.test(headers[i - (i % 2)] as string));
}

/** Where a call that is not made answers to. */
class Refusal implements CallOutput {
  why: WherryError | undefined;

  error(error: WherryError): void {
    this.why = error;
  }

  whole(): void {}
  head(): void {}
  chunk(): boolean {
    return true;
  }
  end(): void {}
  cut(): void {}
}
