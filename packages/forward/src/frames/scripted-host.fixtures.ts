// The other end of the runtime protocol, for tests: it does only what it is told, also what no honest host would do.
// Written from docs/runtime-protocol.md alone; it shares no code with what it tests.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net, { type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BodySink, BodySource } from '@wherry/core/ports/body';
import type { AnswerSink, ForwardFailure, ForwardRequest, Headers } from '@wherry/core/ports/forwarder';

export interface PlainFrame {
  readonly id: number;
  readonly type: number;
  readonly flags: number;
  readonly status: number;
  readonly aux: number;
  readonly head: string;
  readonly body: Buffer;
}

/** A frame as bytes; `size` and `headSize` may be told to lie. */
export function frame(
  said: Partial<Omit<PlainFrame, 'body'>> & { body?: Buffer | string; size?: number; headSize?: number },
): Buffer {
  const head = Buffer.from(said.head ?? '', 'latin1');
  const body = Buffer.from(said.body ?? '');
  const header = Buffer.alloc(20);
  header.writeUInt32BE(said.size ?? 16 + head.length + body.length, 0);
  header.writeUInt32BE(said.id ?? 0, 4);
  header[8] = said.type ?? 4;
  header[9] = said.flags ?? 0;
  header.writeUInt16BE(said.status ?? 0, 10);
  header.writeUInt32BE(said.aux ?? 0, 12);
  header.writeUInt32BE(said.headSize ?? head.length, 16);
  return Buffer.concat([header, head, body]);
}

export function length(bytes: number): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(bytes);
  return prefix;
}

export function chunk(bytes: Buffer | string): Buffer {
  const data = Buffer.from(bytes as Buffer);
  return Buffer.concat([length(data.length), data]);
}

export const lastChunk = Buffer.alloc(4);

/** One connection as the host sees it. Nothing is read from it but what a test asks for. */
export class Peer {
  readonly socket: Socket;

  #news: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    for (const event of ['readable', 'end', 'close']) socket.on(event, () => this.#news());
  }

  /** That many bytes; undefined when the connection ended before. */
  async exactly(size: number): Promise<Buffer | undefined> {
    if (size === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes = this.socket.read(size) as Buffer | null;
      if (bytes !== null) return bytes.length === size ? bytes : undefined;
      if (this.socket.readableEnded || this.socket.destroyed) return undefined;
      await new Promise<void>((resolve) => (this.#news = resolve));
    }
  }

  async frame(): Promise<PlainFrame> {
    const got = await this.frameOrEnd();
    if (got === undefined) throw new Error('the connection ended instead');
    return got;
  }

  async frameOrEnd(): Promise<PlainFrame | undefined> {
    const header = await this.exactly(20);
    if (header === undefined) return undefined;
    const headSize = header.readUInt32BE(16);
    const rest = await this.exactly(header.readUInt32BE(0) - 16);
    if (rest === undefined) return undefined;
    return {
      id: header.readUInt32BE(4),
      type: header[8] as number,
      flags: header[9] as number,
      status: header.readUInt16BE(10),
      aux: header.readUInt32BE(12),
      head: rest.toString('latin1', 0, headSize),
      body: rest.subarray(headSize),
    };
  }

  /** A body of chunks; undefined when it was cut short. */
  async body(): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (;;) {
      const prefix = await this.exactly(4);
      if (prefix === undefined) return undefined;
      if (prefix.readUInt32BE() === 0) return Buffer.concat(pieces);
      const piece = await this.exactly(prefix.readUInt32BE());
      if (piece === undefined) return undefined;
      pieces.push(piece);
    }
  }

  send(...bytes: Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** Resolves when the other side has ended its half (or all) of the connection. */
  async ended(): Promise<void> {
    while ((await this.exactly(1)) !== undefined);
  }
}

/** Listens where a host would. */
export class ScriptedHost {
  readonly path: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #peers: Peer[] = [];
  #arrived: (() => void)[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'host.sock');
    this.#server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      this.#peers.push(new Peer(socket));
      for (const arrived of this.#arrived.splice(0)) arrived();
    });
  }

  static async listen(): Promise<ScriptedHost> {
    const host = new ScriptedHost(mkdtempSync(join(tmpdir(), 'wherry-forward-')));
    host.#server.listen(host.path);
    await once(host.#server, 'listening');
    return host;
  }

  /** The connection that came in as the nth; waits for it. */
  async peer(nth: number): Promise<Peer> {
    while (this.#peers.length <= nth) await new Promise<void>((resolve) => this.#arrived.push(resolve));
    return this.#peers[nth] as Peer;
  }

  get connections(): number {
    return this.#peers.length;
  }

  /** Takes no more connections; those that are there stay. */
  deafen(): void {
    this.#server.close();
  }

  close(): void {
    for (const { socket } of this.#peers) socket.destroy();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Takes an answer and writes down all that it is told, in order. */
export class Listener implements AnswerSink {
  readonly heard: string[] = [];
  readonly settlement: Promise<void>;
  readonly began: Promise<void>;
  status = 0;
  headers: Headers = [];
  body: Buffer = Buffer.alloc(0);
  faulted = false;
  failure: ForwardFailure | undefined;
  bytes = 0;
  /** False makes the sender wait. */
  room = true;
  /** Bodies are counted and not kept. */
  discards = false;
  onHead: () => void = () => undefined;
  onChunk: (bytes: Uint8Array) => void = () => undefined;
  #settle: () => void = () => undefined;
  #begin: () => void = () => undefined;

  constructor() {
    this.settlement = new Promise((resolve) => (this.#settle = resolve));
    this.began = new Promise((resolve) => (this.#begin = resolve));
  }

  whole(status: number, headers: Headers, body: Uint8Array, faulted: boolean): void {
    this.heard.push('whole');
    Object.assign(this, { status, headers, body: Buffer.from(body), faulted });
    this.#begin();
  }

  head(status: number, headers: Headers): void {
    this.heard.push('head');
    Object.assign(this, { status, headers });
    this.#begin();
    this.onHead();
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.heard.at(-1) !== 'chunks') this.heard.push('chunks');
    this.bytes += bytes.length;
    if (!this.discards) this.body = Buffer.concat([this.body, bytes]);
    this.onChunk(bytes);
    return this.room;
  }

  end(): void {
    this.heard.push('end');
  }

  failed(failure: ForwardFailure): void {
    this.heard.push('failed');
    this.failure = failure;
  }

  settled(): void {
    this.heard.push('settled');
    this.#settle();
  }
}

/** A body that a test gives piece by piece. */
export class ScriptedBody implements BodySource {
  readonly length: number | undefined;
  readonly started: Promise<void>;
  paused = false;
  cancelled = false;
  onResume: () => void = () => undefined;
  #sink: BodySink | undefined;
  #start: () => void = () => undefined;

  constructor(size?: number) {
    this.length = size;
    this.started = new Promise((resolve) => (this.#start = resolve));
  }

  get sink(): BodySink {
    if (this.#sink === undefined) throw new Error('nobody started to read this body');
    return this.#sink;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#start();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.onResume();
  }

  cancel(): void {
    this.cancelled = true;
  }
}

export function request(more: Partial<ForwardRequest> = {}): ForwardRequest {
  return { method: 'GET', path: '/', headers: [], body: new Uint8Array(0), leftMs: 1000, ...more };
}
