import type { HostParts, HostShape } from './host.ts';
import type { Space } from './network/space.ts';
import type { Runtime } from './runtimes.ts';
import { bubblewrap } from './sandbox/bubblewrap.ts';
import { type Enclosure, type Launch, inside } from './sandbox/enclosure.ts';
import { systemFolders } from './sandbox/system-folders.ts';
import { utilLinux } from './sandbox/util-linux.ts';
import { type Slot, socketName } from './slot.ts';

/** How a host of this shape is started in the fence that this machine gives. */
export function launchOf(
  parts: HostParts,
  runtime: Runtime,
  shape: HostShape,
  slot: Slot,
  secrets: string,
  user: number | undefined,
  space: Space | undefined,
): { launch: Launch; env: Readonly<Record<string, string>> } {
  const env = {
    // Last the Node that runs the host, for programs on machines that have no other.
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/wherry/bin',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    HOME: '/tmp',
    ...runtime.env,
  };
  const heap = heapArguments(runtime, shape.memoryBytes);
  const { fencing } = parts;
  if (fencing.tool === 'none') {
    const own = {
      ...env,
      HOME: slot.rootFolder,
      TMPDIR: slot.rootFolder,
      PATH: parts.path,
    };
    const command = withHeap(runtime.bareCommand, heap).concat('--socket', socketName);
    return {
      launch: { argv: [...fencing.leash, ...command], contained: false },
      env: own,
    };
  }
  const network = space !== undefined ? 'joined' : shape.network.kind === 'host' ? 'host' : 'none';
  const enclosure: Enclosure = {
    command: withHeap(runtime.command, heap).concat('--socket', socketName),
    env,
    readOnly: [
      ...runtime.binds,
      { from: slot.functionFolder, to: inside.function },
      { from: secrets, to: inside.secrets },
      ...names(slot),
    ],
    socketFolder: slot.socketFolder,
    rootFolder: slot.rootFolder,
    scratchBytes: shape.scratchBytes,
    network,
    user,
  };
  const system = systemFolders(fencing.etc[network]);
  const launch =
    fencing.tool === 'bubblewrap'
      ? bubblewrap(enclosure, system, fencing.filter)
      : utilLinux(enclosure, system);
  return { launch: { ...launch, argv: [...(space?.enter ?? []), ...launch.argv] }, env: {} };
}

/** Programs that ask for their own name get one. */
function names(slot: Slot): Enclosure['readOnly'] {
  return [{ from: slot.passwd, to: '/etc/passwd' }];
}

/** Node sizes its heap by the machine, not by the group; left alone it would be killed before it ever collected. */
function heapArguments(runtime: Runtime, memoryBytes: number): readonly string[] {
  return runtime.name === 'node'
    ? [`--max-old-space-size=${Math.max(16, Math.floor((memoryBytes / 2 ** 20) * 0.75))}`]
    : [];
}

function withHeap([program = '', ...rest]: readonly string[], heap: readonly string[]): string[] {
  return [program, ...heap, ...rest];
}
