import type { Contact } from '@wherry/core/contact';
import type { Channel, Forwarder } from '@wherry/core/ports/forwarder';
import type { Clock } from '@wherry/core/ports/clock';
import type { Ids } from '@wherry/core/ports/ids';
import type { DeploymentKey } from '@wherry/core/function';
import type { Endpoint } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import type { Policy } from '@wherry/core/rules/policy';
import type { Group, GroupMaker } from './cgroups.ts';
import type { Fencing } from './fences.ts';
import { launchOf } from './host-launch.ts';
import { HostProcess } from './host-process.ts';
import { LogTap } from './log-tap.ts';
import type { Crowd } from './network/crowd.ts';
import type { FunctionsDoor, Gate } from './network/gate.ts';
import { gateOf } from './network/gate-of.ts';
import type { LookUp } from './network/look-up.ts';
import type { Runtime } from './runtimes/runtime.ts';
import { inside } from './sandbox/enclosure.ts';
import type { SecretMounts } from './secret-mounts.ts';
import { Slot } from './slot.ts';
import { startFailure, withLastWords } from './start-failure.ts';
import type { UserIds } from './user-ids.ts';

/** What must be known before a host starts. Functions of one shape can use each other's waiting hosts. */
export type HostShape = Pick<Policy, 'memoryBytes' | 'processes' | 'scratchBytes' | 'cpus' | 'network'>;

/** A host that listens, and everything that belongs to it. */
export interface Host {
  readonly id: string;
  readonly process: HostProcess;
  readonly slot: Slot;
  readonly group: Group | undefined;
  readonly tap: LogTap;
  readonly endpoint: Endpoint;
  readonly channel: Channel;
  /** At the way out of its network, where it has one of its own that leads anywhere. */
  readonly gate: Gate | undefined;
  /** What the function sees as its code. */
  readonly codePath: string;
  /** Where it finds its secrets. */
  readonly secretsPath: string;
  /** Removes what it leaves on the machine; after it has ended. */
  release(): Promise<void>;
}

/** Everything that a host is made of. */
export interface HostParts {
  readonly fencing: Fencing;
  readonly groups: GroupMaker | undefined;
  readonly users: UserIds;
  readonly slots: string;
  readonly secrets: SecretMounts;
  readonly lookUp: LookUp;
  readonly door: FunctionsDoor;
  readonly crowd: Crowd;
  /** Where programs are looked for by hosts without a fence. */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly forwarder: Forwarder;
  /** Aborted when no host is wanted any more, not even one that just starts. */
  readonly ending: AbortSignal;
  logged(lines: readonly LogLine[]): void;
  contacted(contact: Contact): void;
}

/** How long a host that nobody can speak to any more may take to end by itself. */
const lostMs = 500;

/** Who a host's lines belong to before it has a function. Nothing is expected to be said then. */
const nobody: DeploymentKey = { namespace: 'wherry', name: 'waiting-host', version: 0 };

/**
 * Starts a host in its fence and resolves when it listens. Leaves nothing behind when it fails. `furnish` puts into its folders what
 * must be there before.
 */
export async function startHost(
  parts: HostParts,
  runtime: Runtime,
  shape: HostShape,
  deployment: DeploymentKey = nobody,
  furnish?: (slot: Slot) => void,
): Promise<Host> {
  const id = parts.ids.shortId();
  // What has been made so far, to be undone in the other order, whatever it is that fails.
  const made: (() => unknown)[] = [];
  const release = async (): Promise<void> => {
    for (const undo of made.splice(0).reverse()) await undo();
  };
  try {
    const user = parts.fencing.ownUsers ? parts.users.take() : undefined;
    if (user !== undefined) made.push(() => parts.users.give(user));
    const slot = new Slot(parts.slots, id, user);
    made.push(() => slot.remove());
    furnish?.(slot);
    const secrets = parts.secrets.make(id, user);
    made.push(() => parts.secrets.drop(id));
    const tap = new LogTap(parts.clock, id, deployment, (lines) => parts.logged(lines));
    const gate = await gateOf(parts, shape, id, deployment, tap);
    made.push(() => gate?.close());
    if (parts.ending.aborted) throw new Error('the gateway stops');
    const { launch, env } = launchOf(parts, runtime, shape, slot, secrets, user, gate?.space);
    const host = new HostProcess(
      launch,
      runtime.needsCode ? `${slot.functionFolder}/code` : slot.socketFolder,
      env,
    );
    tap.follow(host.stdout, 'stdout');
    tap.follow(host.stderr, 'stderr');
    made.push(() => killed(host));
    // While it starts: making groups and moving it there takes as long as a third of that, and nobody's code runs before.
    const group = parts.groups?.make(id);
    made.push(() => group?.remove());
    group?.limit(shape);
    const { endpoint, channel } = await connected(parts, host, slot, group, tap);
    const codePath = host.contained ? `${inside.function}/code` : `${slot.functionFolder}/code`;
    const secretsPath = host.contained ? inside.secrets : secrets;
    return { id, process: host, slot, group, tap, endpoint, channel, gate, codePath, secretsPath, release };
  } catch (error) {
    await release();
    throw startFailure(error);
  }
}

/** Waits until the host listens, and connects to it. A host that fails in this has ended when it is told. */
async function connected(
  parts: HostParts,
  host: HostProcess,
  slot: Slot,
  group: Group | undefined,
  tap: LogTap,
): Promise<Pick<Host, 'endpoint' | 'channel'>> {
  const end = (): void => host.kill();
  parts.ending.addEventListener('abort', end);
  try {
    await Promise.all([host.ready(), limited(group, host)]);
    const endpoint: Endpoint = { kind: 'frames', path: slot.pinSocket() };
    // It has ended, or it has shut its door: the first is about to tell how, the second will not live on.
    const lost = (): unknown => parts.clock.after(lostMs, () => host.kill());
    // What it forked while it was moved is moved now.
    const [channel] = await Promise.all([parts.forwarder.open(endpoint, lost), limited(group, host)]);
    return { endpoint, channel };
  } catch (error) {
    await killed(host);
    tap.flush();
    throw withLastWords(error, tap.lastWords);
  } finally {
    parts.ending.removeEventListener('abort', end);
  }
}

function killed(host: HostProcess): Promise<unknown> {
  host.kill();
  return host.ended;
}

async function limited(group: Group | undefined, host: HostProcess): Promise<void> {
  if (host.pid !== undefined) await group?.enter(host.pid);
}
