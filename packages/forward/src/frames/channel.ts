import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type {
  AnswerSink,
  Assignment,
  Channel,
  Forwarding,
  ForwardRequest,
  Headers,
} from '@wherry/core/ports/forwarder';
import { isWhole } from '@wherry/core/ports/body';
import { WherryError } from '@wherry/core/errors';
import type { Loaded } from '@wherry/core/instance';
import { frameType, maxLaneBodyBytes } from './frame.ts';
import { callHead } from './head-text.ts';
import { Lane, type LaneCall, type LaneEvents } from './lane.ts';
import { SidePool, connect } from './side-pool.ts';
import { EndOf, SideForwarding } from './side-forwarding.ts';

/** A lane that its host does not read any more: calls wait here up to this, then it counts as unreachable. */
const maxWaitingBytes = 32 * 2 ** 20;

/** Loading a function takes as long as its imports take; an hour would be a hang. */
const loadLimitMs = 60_000;

/** Connections to one host: the lane, and side connections for what is large or streams. */
export class FramesChannel implements Channel, LaneEvents {
  readonly #lane: Lane;
  readonly #sides: SidePool;
  readonly #lost = new Set<() => void>();
  /** From anywhere on: a host may have lanes of several gateways. */
  #lastSideCall = randomInt(2 ** 32);
  #loading: { resolve(json: string): void; reject(error: Error): void } | undefined;

  private constructor(path: string, socket: Socket) {
    this.#lane = new Lane(socket, this);
    this.#sides = new SidePool(path, (id) => this.#lane.cancelAside(id));
  }

  static async open(path: string): Promise<FramesChannel> {
    return new FramesChannel(path, await connect(path));
  }

  get ended(): boolean {
    return this.#lane.closed;
  }

  /** `listener` is called once if the host goes away by itself. */
  onLost(listener: () => void): void {
    this.#lost.add(listener);
  }

  async load(assignment: Assignment): Promise<Loaded> {
    const json = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(failed(`loading took more than ${loadLimitMs / 1000} s`)),
        loadLimitMs,
      );
      const settle =
        <T>(act: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          this.#loading = undefined;
          act(value);
        };
      this.#loading = { resolve: settle(resolve), reject: settle(reject) };
      if (this.#lane.closed) this.#loading.reject(failed('it ended while loading'));
      else this.#lane.send(frameType.load, JSON.stringify(assignment));
    });
    return readLoaded(json);
  }

  forward(request: ForwardRequest, answer: AnswerSink): Forwarding {
    if (this.#lane.closed || this.#lane.waitingBytes > maxWaitingBytes) {
      queueMicrotask(() => {
        answer.failed({
          kind: 'unreachable',
          sent: false,
          reason: this.#lane.closed ? 'it has ended' : 'it does not read its calls',
        });
        answer.settled();
      });
      return nothingToDo;
    }
    if (isWhole(request.body) && request.body.length <= maxLaneBodyBytes) {
      return this.#lane.call(request, answer);
    }
    const head = callHead(request.method, request.path, request.headers);
    const id = (this.#lastSideCall = (this.#lastSideCall + 1) >>> 0 || 1);
    const forwarding = new SideForwarding('call', answer);
    forwarding.run(this.#sides.take(), (side) => side.call(id, head, request, answer));
    return forwarding;
  }

  ping(ms: number): Promise<boolean> {
    if (this.#lane.closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#lane.ping(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  stop(): void {
    if (!this.#lane.closed) this.#lane.send(frameType.stop, '');
  }

  close(): void {
    this.#lane.close();
    this.#sides.close();
    this.#loading?.reject(failed('the connection was closed'));
  }

  stream(call: LaneCall, status: number, headers: Headers, number: number): void {
    const answer = new EndOf(call.answer, () => this.#lane.streamed(call));
    const fetch = new SideForwarding('fetch', answer);
    call.next = fetch;
    answer.head(status, headers);
    fetch.run(this.#sides.take(), (side) => side.fetch(number, answer));
  }

  loaded(json: string): void {
    this.#loading?.resolve(json);
  }

  closed(): void {
    this.#loading?.reject(failed('it ended while loading'));
    for (const listener of this.#lost) listener();
    this.#sides.close();
  }
}

const nothingToDo: Forwarding = { cancel() {}, resume() {} };

function failed(message: string): WherryError {
  return new WherryError('deploy_failed', message, { component: 'forward' });
}

function readLoaded(json: string): Loaded {
  let said: Partial<
    Record<'ok' | 'signature' | 'concurrency' | 'ahead' | 'upgrades' | 'message' | 'detail', unknown>
  >;
  try {
    said = Object(JSON.parse(json));
  } catch {
    throw failed('the host answered LOAD with what is not JSON');
  }
  if (said.ok !== true) {
    const excerpt =
      typeof said.detail === 'string' && said.detail !== '' ? said.detail.slice(0, 4000) : undefined;
    throw new WherryError('deploy_failed', String(said.message ?? 'it did not load').slice(0, 1000), {
      component: 'host',
      ...(excerpt === undefined ? {} : { excerpt }),
    });
  }
  return {
    signature: typeof said.signature === 'string' ? said.signature.slice(0, 32) : 'unknown',
    concurrency: countFrom(1, said.concurrency),
    ahead: countFrom(0, said.ahead),
    ...(said.upgrades === true ? { upgrades: true } : {}),
  };
}

function countFrom(least: number, said: unknown): number {
  const count = Number(said);
  return Number.isInteger(count) && count >= least && count <= 10_000 ? count : least;
}
