import type { Socket } from 'node:net';
import type { AnswerSink, Forwarding, ForwardRequest } from '@wherry/core/ports/forwarder';
import { BrokenFrame, FrameReader } from './frame-reader.ts';
import { type Frame, flagFault, frameType } from './frame.ts';
import { AnswerHeads, BadHead, callHead } from './head-text.ts';
import { OpenCalls } from './open-calls.ts';
import { Outbox } from './outbox.ts';

/** A call that is out on the lane. Its answer may go on as a stream elsewhere: then `next` is in charge. */
export class LaneCall implements Forwarding {
  readonly id: number;
  readonly answer: AnswerSink;
  readonly #lane: Lane;
  cancelled = false;
  next: Forwarding | undefined;

  constructor(lane: Lane, id: number, answer: AnswerSink) {
    this.#lane = lane;
    this.id = id;
    this.answer = answer;
  }

  cancel(): void {
    if (this.next === undefined) this.#lane.cancel(this);
    else this.next.cancel();
  }

  resume(): void {
    this.next?.resume();
  }
}

/** What the lane cannot do itself. */
export interface LaneEvents {
  /** The answer to `call` streams: fetch stream `number` on a side connection. The lane only keeps its id, until `streamed`. */
  stream(call: LaneCall, status: number, headers: readonly string[], number: number): void;
  /** The head of LOADED. */
  loaded(json: string): void;
  closed(reason: string): void;
}

/** The one shared connection to a host: small calls, many at once, written once a turn. */
export class Lane {
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #reader = new FrameReader();
  readonly #heads = new AnswerHeads();
  readonly #events: LaneEvents;
  readonly #open = new OpenCalls();
  readonly #pings = new Map<number, () => void>();
  #lastPing = 0;
  #closed = false;

  constructor(socket: Socket, events: LaneEvents) {
    this.#socket = socket;
    this.#outbox = new Outbox(socket);
    this.#events = events;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', (error) => this.#end(error.message));
    // The connection may be half open, so that the end of the host's half does not end ours: without its half there are no answers.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#end('the host closed the connection'));
  }

  get closed(): boolean {
    return this.#closed;
  }

  get waitingBytes(): number {
    return this.#outbox.waitingBytes;
  }

  /** Throws BadHead, and then has sent nothing. */
  call(request: ForwardRequest, answer: AnswerSink): LaneCall {
    const head = callHead(request.method, request.path, request.headers);
    const id = this.#open.freeId();
    const call = new LaneCall(this, id, answer);
    this.#open.put(call);
    this.#outbox.frame(id, frameType.call, clampAux(request.leftMs), head, request.body as Uint8Array);
    return call;
  }

  cancel(call: LaneCall): void {
    if (call.cancelled || this.#open.get(call.id) !== call) return;
    call.cancelled = true;
    this.#outbox.frame(call.id, frameType.cancel, 0, '', undefined);
  }

  /** A call on a side connection is cancelled by that connection's end; a host that does not read it is told here as well. */
  cancelAside(id: number): void {
    if (!this.#closed) this.#outbox.frame(id, frameType.cancel, 1, '', undefined);
  }

  send(type: number, head: string): void {
    // JSON may hold any character; the outbox writes Latin-1, so it is given the UTF-8 bytes as such.
    this.#outbox.frame(0, type, 0, Buffer.from(head, 'utf8').toString('latin1'), undefined);
  }

  ping(answered: () => void): void {
    this.#lastPing = (this.#lastPing + 1) >>> 0;
    const id = this.#lastPing;
    this.#pings.set(id, answered);
    this.#outbox.frame(id, frameType.ping, 0, '', undefined);
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
    this.#failAll('the connection was closed');
  }

  #read(bytes: Buffer): void {
    try {
      this.#reader.read(bytes, this.#take);
    } catch (error) {
      if (!(error instanceof BrokenFrame)) throw error;
      this.#socket.destroy();
      this.#end(`the host sent ${error.message}`);
    }
  }

  readonly #take = (frame: Frame): boolean => {
    if (frame.type === frameType.answer || frame.type === frameType.head || frame.type === frameType.done)
      this.#settle(frame);
    else if (frame.type === frameType.loaded)
      this.#events.loaded(Buffer.from(frame.head, 'latin1').toString('utf8'));
    else if (frame.type === frameType.pong) {
      this.#pings.get(frame.id)?.();
      this.#pings.delete(frame.id);
    }
    return !this.#closed;
  };

  #settle(frame: Frame): void {
    const call = this.#open.get(frame.id);
    if (call === undefined) return;
    if (frame.type === frameType.head) return this.#stream(call, frame);
    this.#open.remove(frame.id);
    const answer = call.answer;
    if (!call.cancelled) {
      try {
        if (frame.type === frameType.done) throw new BadHead('it gave up a call that nobody had cancelled');
        const headers = this.#heads.read(frame.head, frame.status);
        answer.whole(frame.status, headers, frame.body, (frame.flags & flagFault) !== 0);
      } catch (error) {
        if (!(error instanceof BadHead)) throw error;
        answer.failed({ kind: 'garbled', sent: true, reason: error.message });
      }
    }
    answer.settled();
  }

  /** The host holds the call until its last chunk is out: its id is taken until then. A cancelled one is still owed its DONE. */
  #stream(call: LaneCall, frame: Frame): void {
    if (call.cancelled) return;
    try {
      const headers = this.#heads.read(frame.head, frame.status);
      this.#open.lend(call.id);
      this.#events.stream(call, frame.status, headers, frame.aux);
    } catch (error) {
      if (!(error instanceof BadHead)) throw error;
      this.cancel(call);
      call.answer.failed({ kind: 'garbled', sent: true, reason: error.message });
    }
  }

  /** The stream that `call` was answered with has ended. */
  streamed(call: LaneCall): void {
    this.#open.remove(call.id);
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failAll(reason);
    this.#events.closed(reason);
  }

  #failAll(reason: string): void {
    for (const { answer, cancelled } of this.#open.takeAll()) {
      if (!cancelled) answer.failed({ kind: 'lost', sent: true, reason });
      answer.settled();
    }
  }
}

export function clampAux(ms: number): number {
  return ms >= 0xffffffff ? 0xffffffff : ms < 0 ? 0 : Math.floor(ms);
}
