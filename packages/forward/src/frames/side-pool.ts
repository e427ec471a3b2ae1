import net, { type Socket } from 'node:net';
import { AnswerHeads } from './head-text.ts';
import { SideConnection } from './side-connection.ts';

/** Idle side connections that are kept for the next call. Opening one for most calls costs more than all of them idle. */
export const keptIdle = 64;

/** The side connections to one host: opened when one is needed, used one call after another. */
export class SidePool {
  readonly #path: string;
  readonly #cancelAside: (id: number) => void;
  readonly #heads = new AnswerHeads();
  readonly #idle: SideConnection[] = [];
  readonly #all = new Set<SideConnection>();
  #closed = false;

  /** `cancelAside` tells the host on the lane that a call which came by a side connection is cancelled. */
  constructor(path: string, cancelAside: (id: number) => void) {
    this.#path = path;
    this.#cancelAside = cancelAside;
  }

  /** A free connection. Rejects where nobody listens any more. */
  async take(): Promise<SideConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const socket = await connect(this.#path);
    const side: SideConnection = new SideConnection(socket, {
      heads: this.#heads,
      cancelAside: this.#cancelAside,
      released: (reusable) => this.#released(side, reusable),
    });
    this.#all.add(side);
    if (this.#closed) side.close();
    return side;
  }

  close(): void {
    this.#closed = true;
    for (const side of [...this.#all]) side.close();
  }

  #released(side: SideConnection, reusable: boolean): void {
    if (reusable && !this.#closed && this.#idle.length < keptIdle) {
      this.#idle.push(side);
      return;
    }
    const at = this.#idle.indexOf(side);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#all.delete(side)) side.close();
  }
}

/** Half-open, because the end of our half means cancel, and the host's end of its half is the answer to that. */
export function connect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path, allowHalfOpen: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}
