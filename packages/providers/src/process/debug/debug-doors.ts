import { spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import { childrenOf } from '../family.ts';

const relay = join(import.meta.dirname, 'relay.mjs');

/** Where the host listens for a debugger inside its own network, by language. */
const portsInside: Readonly<Record<string, number>> = { node: 9229, python: 5678 };
export const debugPort = (runtime: string): number => portsInside[runtime.replace(/[\d.]+$/, '')] ?? 9229;

/** At once: an editor and its helpers. Each is a program of ours. */
const mostConnections = 6;
const introductionMs = 10_000;
const mostHead = 16 * 1024;

interface Door {
  readonly server: Server;
  readonly connections: Set<Socket>;
  /** Whose instance is behind it: the newest that asked for the port. */
  owner: { readonly id: string; readonly pid: number; readonly port: number } | undefined;
}

/**
 * Ports on the loopback by which debuggers get to instances. An instance's network leads nowhere and nobody gets in by it; a small program
 * that is started inside carries one debugger's bytes each.
 */
export class DebugDoors {
  readonly #doors = new Map<number, Door>();

  /** Opens a port for an instance, or hands it over to it. `pid`: any of the processes in its fence. Throws `start_failed` where the port is taken. */
  async open(port: number, id: string, pid: number, inside: number): Promise<void> {
    const owner = { id, pid: innermost(pid), port: inside };
    const standing = this.#doors.get(port);
    if (standing !== undefined) return void (standing.owner = owner);
    const door: Door = { server: createServer(), connections: new Set(), owner };
    door.server.on('connection', (socket) => serve(socket, door));
    this.#doors.set(port, door);
    try {
      await new Promise<void>((done, failed) => {
        door.server.once('error', failed);
        door.server.listen(port, '127.0.0.1', done);
      });
      door.server.unref();
    } catch (error) {
      this.#doors.delete(port);
      throw new WherryError('start_failed', `com.wherry.debug: port ${port}: ${(error as Error).message}`, {
        component: 'process-provider',
        next: 'Choose another port: --inspect-port.',
      });
    }
  }

  /** The instance has ended: its port closes, unless a newer one has it. */
  close(id: string): void {
    for (const [port, door] of this.#doors) {
      if (door.owner?.id !== id) continue;
      this.#doors.delete(port);
      door.server.close();
      for (const socket of door.connections) socket.destroy();
    }
  }

  closeAll(): void {
    for (const { owner } of [...this.#doors.values()]) if (owner !== undefined) this.close(owner.id);
  }
}

function serve(socket: Socket, door: Door): void {
  const { owner, connections } = door;
  if (owner === undefined || connections.size >= mostConnections) return void socket.destroy();
  connections.add(socket);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => connections.delete(socket));
  socket.setTimeout(introductionMs, () => socket.destroy());
  let head = Buffer.alloc(0);
  const introduced = (bytes: Buffer): void => {
    head = Buffer.concat([head, bytes]);
    const verdict = isDebugger(head.toString('latin1'), owner.port);
    if (verdict === undefined && head.length < mostHead) return;
    socket.off('data', introduced);
    if (verdict !== true) return void socket.destroy();
    socket.setTimeout(0);
    socket.pause();
    relayed(socket, owner, head);
  };
  socket.on('data', introduced);
}

/**
 * Every page that the developer has open can send something to this port. A page speaks HTTP: to Python's adapter, which doesn't, nothing that begins like it gets
 * through, and to Node's, which does, nothing that comes from a page. Undefined: not to be told yet.
 */
function isDebugger(head: string, port: number): boolean | undefined {
  if (port === portsInside['python']) {
    const mark = 'content-length:';
    if (!mark.startsWith(head.slice(0, mark.length).toLowerCase())) return false;
    return head.length >= mark.length ? true : undefined;
  }
  if (!'GET '.startsWith(head.slice(0, 4))) return false;
  if (!head.includes('\r\n\r\n')) return undefined;
  return !/^origin:[ \t]*https?:/im.test(head);
}

function relayed(socket: Socket, owner: NonNullable<Door['owner']>, head: Buffer): void {
  const spaces = process.getuid?.() === 0 ? ['--net'] : ['--user', '--preserve-credentials', '--net'];
  const args = ['--target', String(owner.pid), ...spaces, '--', process.execPath, relay, String(owner.port)];
  const child = spawn('nsenter', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const end = (): void => {
    socket.destroy();
    child.kill();
  };
  child.stdin.write(head);
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
  for (const part of [child.stdin, child.stdout]) part.on('error', end);
  socket.once('close', end);
  child.once('error', end);
  child.once('exit', end);
}

/** The last of the chain of processes that build a fence: the one that is inside. */
function innermost(pid: number): number {
  let last = pid;
  for (let depth = 0; depth < 8; depth += 1) {
    const [child] = childrenOf(last);
    if (child === undefined) return last;
    last = child;
  }
  return last;
}
