import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket as DatagramSocket } from 'node:dgram';
import { closeSync, openSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { steeredPort, steeringSection } from './steering.ts';

const maker = join(import.meta.dirname, 'make-space.mjs');
const limitMs = 10_000;

/** How this machine makes networks. */
export interface SpaceMaking {
  /** The file with the steering program; undefined: only connections to ports that are listened on are seen. */
  readonly steering: string | undefined;
  /** Whether a user namespace is needed, because the gateway has no rights of its own. */
  readonly own: boolean;
}

/** An instance's own network: nothing is in it but what it says to itself, and the sockets by which the gateway hears the rest. */
export interface Space {
  /** What runs a command in it, before that command's own words. */
  readonly enter: readonly string[];
  readonly listeners: readonly Server[];
  /** Where it asks for names: 127.0.0.1, port 53. */
  readonly names: DatagramSocket;
  /** Lets go of the door; whoever is inside stays inside. */
  forget(): void;
}

/** Makes one. `ports` are listened on where connections cannot be steered. Rejects with what the machine said. */
export async function makeSpace(making: SpaceMaking, ports: readonly number[]): Promise<Space> {
  const { steering = null, own } = making;
  const order = JSON.stringify({ steering, section: steeringSection, port: steeredPort, ports });
  // It must not outlive a gateway that is killed. A new user namespace forgets what was wished before.
  const leash = ['setpriv', '--pdeathsig', 'KILL', '--'];
  const unshare = own
    ? ['unshare', '--net', '--user', '--map-root-user', '--', ...leash]
    : [...leash, 'unshare', '--net', '--'];
  const [command = '', ...args]: readonly string[] = [...unshare, process.execPath, maker, order];
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const doors: number[] = [];
  const held: (Server | DatagramSocket)[] = [];
  const forget = (): void => {
    for (const door of doors.splice(0)) closeSync(door);
  };
  try {
    const { names, listeners } = await handed(child, held);
    // As a descriptor of ours: /proc/PID would be somebody else's as soon as the maker has ended.
    const enter = ['nsenter'];
    for (const space of own ? ['user', 'net'] : ['net']) {
      const door = openSync(`/proc/${child.pid}/ns/${space}`, 'r');
      doors.push(door);
      enter.push(`--${space}=/proc/${process.pid}/fd/${door}`);
    }
    if (own) enter.push('--preserve-credentials');
    return { enter: [...enter, '--'], listeners, names, forget };
  } catch (error) {
    forget();
    for (const socket of held) socket.close();
    throw error;
  } finally {
    if (child.connected) child.disconnect();
  }
}

/** The sockets, as they come over the channel. */
function handed(
  child: ChildProcess,
  held: (Server | DatagramSocket)[],
): Promise<Pick<Space, 'listeners' | 'names'>> {
  return new Promise((resolve, reject) => {
    const listeners: Server[] = [];
    let names: DatagramSocket | undefined;
    child.on('message', ({ kind, why }: { kind: string; why?: string }, handle: unknown) => {
      if (handle !== undefined) held.push(handle as Server | DatagramSocket);
      if (kind === 'names') names = handle as DatagramSocket;
      else if (kind === 'listener') listeners.push(handle as Server);
      else if (kind === 'failed') reject(new Error(why));
      else if (names !== undefined) resolve({ listeners, names });
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`unshare ended: ${signal ?? `exit code ${code}`}`)),
    );
  });
}
