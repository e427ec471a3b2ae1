import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';

const relay = join(import.meta.dirname, 'relay.mjs');

/** Where the host listens for a debugger inside its own network, by language. */
const portsInside: Readonly<Record<string, number>> = { node: 9229, python: 5678 };
export const debugPort = (runtime: string): number => portsInside[runtime.replace(/[\d.]+$/, '')] ?? 9229;

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
  if (owner === undefined) return void socket.destroy();
  connections.add(socket);
  const spaces = process.getuid?.() === 0 ? ['--net'] : ['--user', '--preserve-credentials', '--net'];
  const args = ['--target', String(owner.pid), ...spaces, '--', process.execPath, relay, String(owner.port)];
  const child = spawn('nsenter', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const end = (): void => {
    connections.delete(socket);
    socket.destroy();
    child.kill();
  };
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
  for (const part of [socket, child.stdin, child.stdout]) part.on('error', end);
  socket.once('close', end);
  child.once('error', end);
  child.once('exit', end);
}

/** The last of the chain of processes that build a fence: the one that is inside. */
function innermost(pid: number): number {
  let last = pid;
  for (let depth = 0; depth < 8; depth += 1) {
    const [child] = children(last);
    if (child === undefined) return last;
    last = child;
  }
  return last;
}

function children(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
