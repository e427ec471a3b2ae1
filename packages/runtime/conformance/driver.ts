// A client of the runtime protocol on raw sockets, as plain as can be: it is the second reading of
// docs/runtime-protocol.md, so it shares no code with the gateway. It starts a host and speaks frames with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

export const LOAD = 1;
export const LOADED = 2;
export const CALL = 3;
export const ANSWER = 4;
export const HEAD = 5;
export const FETCH = 6;
export const CANCEL = 7;
export const DONE = 8;
export const PING = 9;
export const PONG = 10;
export const STOP = 11;
export const STREAM = 1;
export const FAULT = 2;

export interface Frame {
  id: number;
  type: number;
  flags: number;
  status: number;
  aux: number;
  head: string;
  body: Buffer;
}

/** A frame's bytes. The head of LOAD is JSON and so UTF-8, every other one Latin-1. */
export function encode(frame: Partial<Frame>): Buffer {
  const head = Buffer.from(frame.head ?? '', frame.type === LOAD ? 'utf8' : 'latin1');
  const body = frame.body ?? Buffer.alloc(0);
  const header = Buffer.alloc(20);
  header.writeUInt32BE(16 + head.length + body.length, 0);
  header.writeUInt32BE(frame.id ?? 0, 4);
  header[8] = frame.type ?? 0;
  header[9] = frame.flags ?? 0;
  header.writeUInt16BE(frame.status ?? 0, 10);
  header.writeUInt32BE(frame.aux ?? 0, 12);
  header.writeUInt32BE(head.length, 16);
  return Buffer.concat([header, head, body]);
}

export function chunk(bytes: Buffer | string): Buffer {
  const data = Buffer.from(bytes as Buffer);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}

export const LAST_CHUNK = Buffer.alloc(4);

/** The value of every header of that name in an answer's head. */
export function headers(frame: Frame, name: string): string[] {
  const found: string[] = [];
  for (const line of frame.head.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).toLowerCase() === name) found.push(line.slice(colon + 1).trim());
  }
  return found;
}

/** Reads exact amounts from a socket, which is only read while somebody asks: that makes a slow reader. */
class Reader {
  readonly socket: Socket;
  #pieces: Buffer[] = [];
  #held = 0;
  #wanted = 0;
  #over = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.pause();
    socket.on('data', this.#take);
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.#over = true;
        this.#wake();
      });
    }
  }

  #take = (bytes: Buffer): void => {
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#wanted) return;
    this.socket.pause();
    this.#wake();
  };

  /** That many bytes, or null if the connection ended before them. */
  async exactly(size: number): Promise<Buffer | null> {
    while (this.#held < size && !this.#over) {
      this.#wanted = size;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.socket.resume();
      });
    }
    if (this.#held < size) return null;
    const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    this.#pieces = all.length > size ? [all.subarray(size)] : [];
    this.#held = all.length - size;
    return all.subarray(0, size);
  }

  /** Leaves the socket to somebody else. */
  detach(): Socket {
    this.socket.off('data', this.#take);
    return this.socket;
  }
}

/** One connection to a host: frames out, frames in, chunks both ways. */
export class Line {
  readonly socket: Socket;
  readonly #reader: Reader;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    this.#reader = new Reader(socket);
  }

  /** The bare socket, for one who reads it by himself from now on. */
  detach(): Socket {
    return this.#reader.detach();
  }

  send(...frames: Partial<Frame>[]): void {
    this.socket.write(Buffer.concat(frames.map(encode)));
  }

  /** Writes, and waits until there is room for more. */
  async write(bytes: Buffer): Promise<void> {
    if (!this.socket.write(bytes) && !this.socket.destroyed) await roomOrEnd(this.socket);
  }

  /** The next frame, or null when the connection has ended. */
  async frame(): Promise<Frame | null> {
    const header = await this.#reader.exactly(20);
    if (header === null) return null;
    const size = header.readUInt32BE(0) - 16;
    const headSize = header.readUInt32BE(16);
    const rest = await this.#reader.exactly(size);
    if (rest === null) return null;
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

  /** The next chunk; empty for the last one, null when the connection ended before it. */
  async chunk(): Promise<Buffer | null> {
    const length = await this.#reader.exactly(4);
    if (length === null) return null;
    return this.#reader.exactly(length.readUInt32BE(0));
  }

  /** Reads chunks to the end in pieces of at most 64 KiB. `false` if the body was cut short. */
  async body(take: (piece: Buffer) => void | Promise<void>): Promise<boolean> {
    for (;;) {
      const length = await this.#reader.exactly(4);
      if (length === null) return false;
      let left = length.readUInt32BE(0);
      if (left === 0) return true;
      while (left > 0) {
        const piece = await this.#reader.exactly(Math.min(left, 65536));
        if (piece === null) return false;
        left -= piece.length;
        await take(piece);
      }
    }
  }

  /** Waits until the host has ended the connection, throwing away what still comes. */
  async ended(): Promise<void> {
    while ((await this.#reader.exactly(1)) !== null);
  }

  close(): void {
    this.socket.destroy();
  }
}

export interface HostOptions {
  command: string[];
  env?: Record<string, string>;
  /** Runs the command in front of it, for instance a sandbox. */
  wrapper?: string[];
}

/** A running host, and what it has written. */
export class Host {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly ready: Promise<Record<string, unknown>>;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  stdout = '';
  stderr = '';
  readonly #lines: Line[] = [];
  #woken: (() => void)[] = [];

  constructor(options: HostOptions) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'host-'));
    const [program, ...args] = [...(options.wrapper ?? []), ...options.command, '--socket', 'lane.sock'];
    this.process = spawn(program as string, args, {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.folder,
        TMPDIR: this.folder,
        LANG: 'C.UTF-8',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.process.stdout?.on('data', (text) => {
      this.stdout += text;
      this.#wake();
    });
    this.process.stderr?.on('data', (text) => {
      this.stderr += text;
      this.#wake();
    });
    this.exited = once(this.process, 'close').then(([code, signal]) => {
      this.#wake();
      rmSync(this.folder, { recursive: true, force: true });
      return { code, signal };
    });
    this.ready = readLine(this.process.stdio[3] as Readable, this);
    this.ready.catch(() => {});
  }

  get pid(): number {
    return this.process.pid as number;
  }

  #wake(): void {
    for (const wake of this.#woken.splice(0)) wake();
  }

  /** Waits until the host has printed a line with that text. */
  async printed(text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    while (!this[stream].includes(text)) {
      if (this.process.stdout?.closed)
        throw new Error(`the host ended without printing ${text}; ${this.stderr}`);
      await new Promise<void>((resolve) => this.#woken.push(resolve));
    }
  }

  async line(): Promise<Line> {
    const socket = connect({ path: path.join(this.folder, 'lane.sock'), allowHalfOpen: true });
    await once(socket, 'connect');
    const line = new Line(socket);
    this.#lines.push(line);
    return line;
  }

  /** A number of `/proc/PID/status` of the host process. */
  status(field: string): number {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1]);
  }

  async kill(): Promise<void> {
    for (const line of this.#lines) line.close();
    this.process.kill('SIGKILL');
    for (const stream of [this.process.stdout, this.process.stderr]) stream?.destroy();
    await this.exited;
  }
}

async function readLine(stream: Readable, host: Host): Promise<Record<string, unknown>> {
  let text = '';
  for await (const piece of stream) text += piece;
  if (!text.endsWith('\n')) throw new Error(`no ready line, but ${JSON.stringify(text)}; ${host.stderr}`);
  return JSON.parse(text);
}

async function roomOrEnd(socket: Socket): Promise<void> {
  const either = new AbortController();
  const { signal } = either;
  const news = [once(socket, 'drain', { signal }), once(socket, 'close', { signal })];
  // `once` throws at 'error': a host that closed first is an end, and the answer tells the rest.
  await Promise.race(news).catch(() => {});
  either.abort();
}
