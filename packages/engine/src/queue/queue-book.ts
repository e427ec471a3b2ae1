// Long because: accepting, running and looking after queued calls is one use case; its parts are beside it.
import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { keyText } from '@wherry/core/function';
import { type FunctionName, fullName, parseFullName } from '@wherry/core/names';
import type { AnswerToSend, CallbackSender, Received } from '@wherry/core/ports/callback-sender';
import type {
  CallQueue,
  LaneState,
  Leased,
  NewItem,
  QueueQuery,
  QueueSelection,
  Settlement,
} from '@wherry/core/ports/call-queue';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Ids } from '@wherry/core/ports/ids';
import type { CallHead, DeadReason, QueuedCall } from '@wherry/core/queued-call';
import { type Retries, usualRetries } from '@wherry/core/rules/retries';
import { verdictOf } from '@wherry/core/rules/retry-verdict';
import type { FunctionTable } from '../functions/function-table.ts';
import type { Call, CallInput, CallOutput } from '../invoke/call.ts';
import { answerItem, answersAtOnce, deliver } from './answers.ts';
import { AnswerRoom, Delivery } from './delivery.ts';
import { type Attempt, Dispatcher } from './dispatcher.ts';
import { Intake } from './intake.ts';
import { laneKind, noticeItem, noticeTold, type NoticeOrder, type Notices } from './notices.ts';
import { ownFunction } from './own-function.ts';
import { QueueClock } from './queue-clock.ts';
import { inputOf } from './queued-input.ts';
import { byFunction } from './selection-parts.ts';
import { type Edit, editedOrder, noDeadLetter } from './edit.ts';

/** What the operator decides about the queue. */
export interface QueueSettings {
  /** Largest body of a queued call. */
  readonly maxBodyBytes: number;
  /** How long outcomes are kept, and how much of an answer. */
  readonly keepMs: number;
  readonly keepBytes: number;
  readonly mostKeptBytes: number;
  /** How long dead letters are kept. */
  readonly deadMs: number;
  /** How long an idempotency key is remembered. */
  readonly keyMs: number;
}

export interface QueueParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly queue: CallQueue;
  readonly functions: FunctionTable;
  readonly callbacks: CallbackSender;
  readonly notices: Notices;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly prepare: (input: CallInput, output: CallOutput) => Call;
  readonly run: (call: Call) => Promise<void>;
  /** Whether a host, with its port where one is named, is this gateway. */
  readonly isOwnHost: (host: string) => boolean;
  /** What somebody who was let in may do now; undefined where they may nothing any more. */
  readonly principalNow: (name: string) => Principal | undefined;
  readonly problem: (message: string) => void;
}

/** A call that somebody, or something, wants to have made. */
export interface Order {
  readonly id?: string;
  readonly alias?: string;
  readonly of: FunctionName;
  readonly head: CallHead;
  readonly body: Uint8Array;
  readonly delayMs?: number;
  readonly key?: string;
  /** How long the key is remembered; else as long as callers' are. */
  readonly keyMs?: number;
}

const pruneMs = 60_000;
const component = 'queue';

/** The queue as people and the platform know it: what is put in is made, once at least, and what became of it can be asked. */
export class QueueBook {
  readonly settings: QueueSettings;
  readonly #parts: QueueParts;
  readonly #time: QueueClock;
  readonly #dispatcher: Dispatcher;
  readonly #intake: Intake;
  readonly #ended = { done: 0, dead: 0, retried: 0, cancelled: 0 };
  #pruning: Cancel | undefined;
  /** What functions have answered and is not kept yet. */
  readonly #answers = new AnswerRoom();
  #closing = false;

  constructor(parts: QueueParts, settings: QueueSettings) {
    this.settings = settings;
    this.#parts = parts;
    this.#time = new QueueClock(parts.clock);
    this.#dispatcher = new Dispatcher({
      ...{ clock: parts.clock, time: this.#time, queue: parts.queue, problem: parts.problem },
      holder: 'gateway',
      kindOf: laneKind,
      places: (lane) => this.#places(lane),
      begin: (lease) => this.#begin(lease),
      ended: (to) => void (this.#ended[to === 'waiting' ? 'retried' : to] += 1),
    });
    this.#intake = new Intake(parts.queue, (lane, due) => this.#dispatcher.expect(lane, due));
  }

  /** Since the start: what came in and how it ended. What came in is over, or still here. */
  get counts(): Readonly<Record<'submitted' | 'done' | 'dead' | 'retried' | 'cancelled', number>> {
    return { submitted: this.#intake.submitted, ...this.#ended };
  }

  /** Attempts under way. */
  get running(): number {
    return this.#dispatcher.running;
  }

  async open(): Promise<void> {
    await this.#dispatcher.open();
    this.#pruning = this.#parts.clock.every(pruneMs, async () => void (await this.#prune()));
  }

  /** Begins nothing more. */
  stop(): void {
    this.#closing = true;
    this.#pruning?.();
    this.#dispatcher.stop();
  }

  close(): Promise<void> {
    this.stop();
    return this.#dispatcher.close();
  }

  /**
   * Puts calls in, all or none. Resolves with their ids once they are on disk. Throws `queue_unavailable`, `idempotency_conflict`,
   * `callback_refused`.
   */
  async submit(orders: readonly Order[]): Promise<readonly string[]> {
    const accepted = await this.#intake.take(orders.map((order) => this.#item(order)));
    if (accepted.some(({ as }) => as === 'conflict'))
      throw new WherryError('idempotency_conflict', 'the key was sent before, with another call', {
        component,
      });
    return accepted.map(({ id }) => id);
  }

  /** Puts messages in, all or none: each once, however often and in whatever words it comes. Resolves with the ids that they have. Throws `queue_unavailable`. */
  async notify(orders: readonly NoticeOrder[]): Promise<readonly string[]> {
    const items = orders.map((order) => noticeItem(order, this.#time.now()));
    return (await this.#intake.take(items)).map(({ id }) => id);
  }

  find(query: QueueQuery): Promise<readonly QueuedCall[]> {
    return this.#parts.queue.find(query);
  }

  /** Calls that could be made now and wait, by `keyText` of the live version of their function. Free where nothing is being made. */
  async depths(): Promise<ReadonlyMap<string, number>> {
    const depths = new Map<string, number>();
    if (this.running === 0) return depths;
    const now = this.#time.now();
    for (const { lane, ready = 0 } of await this.#parts.queue.lanes(now)) {
      const name = ready > 0 ? parseFullName(lane) : undefined;
      const live = name === undefined ? undefined : this.#parts.functions.get(name)?.fleet;
      if (live !== undefined) depths.set(keyText(live.key), ready);
    }
    return depths;
  }

  lanes(): Promise<readonly LaneState[]> {
    return this.#parts.queue.lanes();
  }

  /** Takes calls back; those that run are told that nobody waits. */
  async cancel(selection: QueueSelection): Promise<readonly string[]> {
    const now = this.#time.now();
    const ids = await this.#parts.queue.change(selection, 'cancel', now, now + this.settings.keepMs);
    for (const id of ids) this.#dispatcher.cancel(id);
    this.#ended.cancelled += ids.length;
    return ids;
  }

  /** Dead letters wait again, with all their attempts. */
  async redrive(selection: QueueSelection): Promise<readonly string[]> {
    const now = this.#time.now();
    const ids: string[] = [];
    for (const one of await byFunction(this.#parts.queue, selection)) {
      const until = now + (one.of === undefined ? usualRetries : this.#retriesOf(one.of)).maxAgeMs;
      ids.push(...(await this.#parts.queue.change(one, 'redrive', now, until)));
    }
    for (const { lane, nextDue } of await this.lanes())
      if (nextDue !== undefined) this.#dispatcher.expect(lane, nextDue);
    return ids;
  }

  /**
   * A dead letter with another body: a new call, in the name of whoever changed it, that says which it repeats. What failed stays as it was, and
   * says which call took its place. Resolves with the new call's id. Throws `not_a_dead_letter`, `body_too_large`, `queue_unavailable`.
   */
  async redriveEdited(dead: QueuedCall, edit: Edit): Promise<string> {
    const order = editedOrder(dead, edit, this.settings.maxBodyBytes);
    const [taken] = await this.#intake.take([{ ...this.#item(order), instead: dead.item.id }]);
    if (taken?.as === 'new') return taken.id;
    throw noDeadLetter(dead);
  }

  discard(selection: QueueSelection): Promise<readonly string[]> {
    const now = this.#time.now();
    return this.#parts.queue.change(selection, 'discard', now, now);
  }

  #item({ id, alias, of, head, body, delayMs = 0, key, keyMs }: Order): NewItem {
    if (head.callback !== undefined && this.#own(head.callback) === undefined)
      this.#parts.callbacks.check(head.callback);
    const now = this.#time.now();
    const retries = this.#retriesOf(of);
    return {
      id: id ?? this.#parts.ids.callId(),
      ...(alias === undefined ? {} : { alias }),
      ...{ lane: fullName(of), of, head, body },
      ...{ enqueuedAt: now, due: now + delayMs, expires: now + delayMs + retries.maxAgeMs },
      ...(key === undefined ? {} : { key: { text: key, until: now + (keyMs ?? this.settings.keyMs) } }),
    };
  }

  #retriesOf(of: FunctionName): Retries {
    return this.#parts.functions.get(of)?.fleet.policy.retries ?? usualRetries;
  }

  /** As many as its instances take; one wakes a function that sleeps. */
  #places(lane: string): number {
    if (laneKind(lane) !== 'call') return answersAtOnce;
    const name = parseFullName(lane);
    const fleet = name === undefined ? undefined : this.#parts.functions.get(name)?.fleet;
    if (fleet === undefined) return 1;
    const taken = fleet.members.reduce((sum, { draining, limit }) => sum + (draining ? 0 : limit), 0);
    return Math.min(Math.max(1, taken), fleet.policy.queueConcurrency ?? Infinity);
  }

  #begin(lease: Leased): Attempt {
    const attempt = this.#attempt(lease);
    if (lease.item.head.notice === undefined) return attempt;
    const takeBack = async (id: string): Promise<void> => void (await this.cancel({ ids: [id] }));
    return noticeTold(lease, attempt, { ...this.#parts, takeBack, now: () => this.#time.now() });
  }

  #attempt(lease: Leased): Attempt {
    const { id, epoch, item, attempts } = lease;
    const at = this.#time.now();
    const dead = (reason: DeadReason, cause: string): Attempt => {
      const note = { at, cause };
      const keptUntil = at + this.settings.deadMs;
      const over = Promise.resolve<Settlement>({ id, epoch, to: 'dead', at, reason, note, keptUntil });
      return { over, cancel: () => undefined };
    };
    if (item.expires <= at) return dead('expired', 'it became too old before it could be begun');
    // Whoever began it every time was gone before it could say how it ended.
    const kind = laneKind(item.lane);
    if (attempts > this.#retriesOf(item.of).attempts && kind === 'call')
      return dead('poison', `${attempts - 1} attempts ended with the gateway that made them`);
    if (kind === 'notice') return this.#notice(lease);
    return kind === 'answer' ? this.#answer(lease) : this.#call(lease);
  }

  #call(lease: Leased): Attempt {
    const { item } = lease;
    const { clock } = this.#parts;
    const most = item.head.callback === undefined ? this.settings.keepBytes : this.settings.maxBodyBytes;
    const delivery = new Delivery(most, this.#answers);
    const call = this.#parts.prepare(inputOf(lease, this.#parts.principalNow), delivery);
    const from = clock.monotonic();
    const over = this.#parts.run(call).then(() => {
      const seconds = (clock.monotonic() - from) / 1000;
      const outcome = this.#outcome(lease, delivery, call, seconds);
      delivery.drop();
      return outcome;
    });
    return { over, cancel: () => call.cancel('caller_gone') };
  }

  #outcome(
    lease: Leased,
    delivery: Delivery,
    call: Call,
    seconds: number,
  ): Settlement & { pauseLaneMs?: number } {
    const { id, epoch, item, attempts } = lease;
    const at = this.#time.now();
    const { cause, ...end } = delivery.ended(call.error);
    const note = { at, cause, status: end.status, ...(end.error === undefined ? {} : { error: end.error }) };
    if (this.#closing && end.error !== undefined)
      return { id, epoch, to: 'waiting', due: at, note, counts: false, crashed: false };
    const retries = call.fleet?.policy.retries ?? usualRetries;
    const verdict = verdictOf(end, lease, retries, this.#parts.random());
    if (verdict.to === 'waiting' && at + verdict.waitMs < item.expires) {
      const { waitMs, counts, crashed, lane } = verdict;
      const pause = lane ? { pauseLaneMs: waitMs } : {};
      return { id, epoch, to: 'waiting', due: at + waitMs, note, counts, crashed, ...pause };
    }
    const { result } = delivery;
    const said = end.error === undefined ? result : { ...result, status: end.status };
    const next = answerItem(lease, said, {
      id: this.#parts.ids.callId(),
      receiver: this.#receiverOf(item.head.callback ?? ''),
      now: at,
      seconds,
      trace: call.trace,
      most: retries.attempts,
    });
    const then = next === undefined ? {} : { next };
    if (verdict.to === 'done') {
      const kept =
        result.body.length > this.settings.keepBytes
          ? { ...result, body: new Uint8Array(0), cut: true }
          : result;
      return { id, epoch, to: 'done', at, result: kept, keptUntil: at + this.settings.keepMs, ...then };
    }
    const reason = verdict.to === 'dead' ? verdict.reason : 'expired';
    if (reason === 'poison')
      this.#parts.problem(
        `call ${id} of ${fullName(item.of)} ended ${attempts} instances, and was put aside`,
      );
    return { id, epoch, to: 'dead', at, reason, note, keptUntil: at + this.settings.deadMs, ...then };
  }

  #answer(lease: Leased): Attempt {
    const { callbacks } = this.#parts;
    const own = this.#own(lease.item.head.callback ?? '');
    const send =
      own === undefined
        ? callbacks.send.bind(callbacks)
        : (_: AnswerToSend, signal: AbortSignal) => this.#answerOwn(lease, own, signal);
    return this.#deliver(lease, send);
  }

  /** A message about alerts, or a report. */
  #notice(lease: Leased): Attempt {
    const { send } = this.#parts.notices;
    const { channel = '' } = lease.item.head.notice ?? {};
    return this.#deliver(lease, ({ body }, signal) => send(channel, body, signal));
  }

  #deliver(lease: Leased, send: CallbackSender['send']): Attempt {
    const { clock, random } = this.#parts;
    return deliver(lease, {
      ...{ send, random, now: () => this.#time.now(), after: (ms, task) => clock.after(ms, task) },
      ...{ keepMs: this.settings.keepMs, deadMs: this.settings.deadMs },
    });
  }

  /** To a function of ours: by the same pipeline as everything. */
  async #answerOwn(
    lease: Leased,
    { target, path }: { target: string; path: string },
    signal: AbortSignal,
  ): Promise<Received> {
    const delivery = new Delivery(0, this.#answers);
    // What was counted when it was put in was another function: this one's rates hold.
    const { queued: _, ...input } = inputOf(lease, this.#parts.principalNow);
    const headers = lease.item.head.answer?.headers ?? [];
    const depth = lease.item.head.depth + 1;
    const call = this.#parts.prepare({ ...input, target, path, headers, depth }, delivery);
    signal.addEventListener('abort', () => call.cancel('caller_gone'), { once: true });
    await this.#parts.run(call);
    const { cause, ...end } = delivery.ended(call.error);
    return { ...end, cause };
  }

  /** A function of ours is a receiver by itself; all others are by their address. */
  #receiverOf(callback: string): string {
    if (callback === '') return '';
    const own = this.#own(callback);
    return own === undefined ? new URL(callback).origin : `function ${own.target}`;
  }

  #own(callback: string): { target: string; path: string } | undefined {
    return ownFunction(callback, this.#parts.isOwnHost);
  }

  #prune(): Promise<unknown> {
    return this.#parts.queue
      .prune(this.#time.now(), this.settings.mostKeptBytes)
      .catch((error: Error) => this.#parts.problem(`old outcomes were not removed: ${error.message}`));
  }
}
