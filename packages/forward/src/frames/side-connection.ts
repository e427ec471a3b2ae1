import type { Socket } from 'node:net';
import type { AnswerSink, ForwardRequest, Headers } from '@wherry/core/ports/forwarder';
import { type BodySource, isWhole } from '@wherry/core/ports/body';
import { ChunkReader, chunkLength } from './chunks.ts';
import { BrokenFrame, FrameReader } from './frame-reader.ts';
import {
  type Frame,
  flagFault,
  flagStream,
  frameBytes,
  frameType,
  headerBytes,
  writeHeader,
} from './frame.ts';
import { type AnswerHeads, BadHead } from './head-text.ts';
import { clampAux } from './lane.ts';
import { uploadTo } from './upload.ts';

type Phase = 'idle' | 'answer' | 'answered' | 'body' | 'over';

/** What a side connection needs of its channel. */
export interface SideParts {
  readonly heads: AnswerHeads;
  /** Tells the host on the lane that a call is cancelled. */
  cancelAside(id: number): void;
  /** Its call has ended. */
  released(reusable: boolean): void;
}

/**
 * A connection for one large or streaming call at a time. The socket's own back-pressure serves both ways: the
 * caller's body is paused while the socket is full, the socket is paused while the caller reads slowly.
 */
export class SideConnection {
  readonly #socket: Socket;
  readonly #released: (reusable: boolean) => void;
  readonly #heads: AnswerHeads;
  readonly #cancelAside: (id: number) => void;
  /** The id of the call that came by here; 0 for an answer that is fetched. */
  #call = 0;
  #reader = new FrameReader();
  #chunks = new ChunkReader();
  #phase: Phase = 'idle';
  #answer: AnswerSink | undefined;
  #uploading: { cancel(): void; resume(): void } | undefined;
  #cancelled = false;
  #upgrade = false;

  constructor(socket: Socket, parts: SideParts) {
    this.#socket = socket;
    this.#heads = parts.heads;
    this.#released = parts.released;
    this.#cancelAside = parts.cancelAside;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('drain', () => this.#uploading?.resume());
    socket.on('error', (error) => this.#lost(error.message));
    // Half open: the end of the host's half is seen here, and after a cancel it is what was waited for.
    socket.on('end', () => this.#lost('the host closed the connection'));
    socket.on('close', () => this.#lost('the host closed the connection'));
  }

  /** Sends a call with its body behind it. `head` is the call's, as text; `id` its own among all side connections. */
  call(id: number, head: string, request: ForwardRequest, answer: AnswerSink): void {
    this.#begin(answer, 'answer');
    this.#call = id;
    this.#upgrade = request.upgrade === true;
    const frame = Buffer.allocUnsafe(headerBytes + head.length);
    writeHeader(frame, 0, id, frameType.call, flagStream, clampAux(request.leftMs), head.length, 0);
    frame.write(head, headerBytes, 'latin1');
    this.#socket.write(frame);
    if (isWhole(request.body)) {
      if (request.body.length > 0) {
        this.#socket.write(chunkLength(request.body.length));
        this.#socket.write(request.body);
      }
      this.#socket.write(chunkLength(0));
    } else this.#upload(request.body);
  }

  /** Takes the chunks of an answer that was announced on the lane. */
  fetch(stream: number, answer: AnswerSink): void {
    this.#begin(answer, 'body');
    this.#socket.write(frameBytes(frameType.fetch, 0, stream));
  }

  /** Half-closes, and says so on the lane should the host not be reading here: the host stops, and closes its half when the call holds nothing any more. */
  cancel(): void {
    if (this.#phase === 'idle' || this.#phase === 'over' || this.#cancelled) return;
    this.#cancelled = true;
    this.#uploading?.cancel();
    this.#uploading = undefined;
    this.#socket.end();
    this.#socket.resume();
    if (this.#call !== 0) this.#cancelAside(this.#call);
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  #begin(answer: AnswerSink, phase: Phase): void {
    this.#answer = answer;
    this.#phase = phase;
    this.#cancelled = false;
    this.#upgrade = false;
    this.#call = 0;
    this.#reader = new FrameReader();
    this.#chunks = new ChunkReader();
  }

  #upload(source: BodySource): void {
    this.#uploading = source;
    const over = (): void => {
      this.#uploading = undefined;
    };
    source.start(
      uploadTo(this.#socket, source, {
        over,
        lost: (reason) => this.#lost(reason),
        failed: (reason) => {
          if (!this.#cancelled) this.#answer?.failed({ kind: 'lost', sent: true, reason });
          this.cancel();
        },
      }),
    );
  }

  #read(bytes: Buffer): void {
    if (this.#cancelled || this.#phase === 'over') return;
    if (this.#phase === 'idle') return this.#socket.destroy() as unknown as void;
    try {
      let rest = bytes;
      if (this.#phase === 'answer') rest = this.#reader.read(bytes, this.#take);
      // What lies behind an answer belongs to nothing: such a connection is not used again.
      if (this.#phase === 'answered') this.#finish(rest.length === 0);
      else if (this.#phase === 'body' && rest.length > 0) this.#readBody(rest);
    } catch (error) {
      if (!(error instanceof BrokenFrame) && !(error instanceof BadHead)) throw error;
      this.#answer?.failed({ kind: 'garbled', sent: true, reason: error.message });
      this.#finish(false);
    }
  }

  readonly #take = (frame: Frame): boolean => {
    const streams = frame.type === frameType.head && (frame.flags & flagStream) !== 0;
    if (!streams && frame.type !== frameType.answer) return true;
    const headers: Headers = this.#heads.read(frame.head, frame.status, this.#upgrade && streams);
    this.#phase = streams ? 'body' : 'answered';
    if (streams) this.#answer?.head(frame.status, headers);
    else this.#answer?.whole(frame.status, headers, frame.body, (frame.flags & flagFault) !== 0);
    return false;
  };

  #readBody(bytes: Buffer): void {
    const answer = this.#answer as AnswerSink;
    const rest = this.#chunks.read(bytes, (piece) => {
      if (!this.#cancelled && !answer.chunk(piece)) this.#socket.pause();
    });
    if (!this.#chunks.ended || this.#cancelled) return;
    answer.end();
    this.#finish(rest.length === 0);
  }

  /** The call is over; the connection takes the next one unless the caller's body is still under way. */
  #finish(complete: boolean): void {
    const reusable = complete && this.#uploading === undefined && !this.#socket.destroyed;
    this.#uploading?.cancel();
    this.#uploading = undefined;
    this.#settle(reusable ? 'idle' : 'over');
    if (!reusable) this.#socket.destroy();
    else this.#socket.resume();
    this.#released(reusable);
  }

  #lost(reason: string): void {
    if (this.#phase === 'over') return;
    const before = this.#phase;
    this.#uploading?.cancel();
    this.#uploading = undefined;
    if (before !== 'idle' && !this.#cancelled) this.#answer?.failed({ kind: 'lost', sent: true, reason });
    this.#settle('over');
    this.#socket.destroy();
    this.#released(false);
  }

  #settle(phase: Phase): void {
    const answer = this.#answer;
    this.#answer = undefined;
    this.#phase = phase;
    answer?.settled();
  }
}
