import { join } from 'node:path';
import type { HostParts, HostShape } from './host.ts';
import type { Space } from './network/space.ts';
import { codeInside, type Runtime } from './runtimes/runtime.ts';
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
  const heap = runtime.heap(shape.memoryBytes);
  const { fencing } = parts;
  if (fencing.tool === 'none') {
    const own = {
      ...env,
      HOME: slot.rootFolder,
      TMPDIR: slot.rootFolder,
      PATH: parts.path,
    };
    const code = join(slot.functionFolder, 'code');
    const words = withHeap(runtime.bareCommand, heap).map((word) => word.replaceAll('{code}', code));
    // The path of a socket may not be long; where the host starts in its folder, the name is enough.
    const socket = runtime.needsCode ? join(slot.socketFolder, socketName) : socketName;
    const command = words.concat('--socket', socket);
    return {
      launch: { argv: [...fencing.leash, ...command], contained: false },
      env: own,
    };
  }
  const network = space !== undefined ? 'joined' : shape.network.kind === 'host' ? 'host' : 'none';
  const enclosure: Enclosure = {
    command: withHeap(runtime.command, heap).concat(
      '--socket',
      runtime.needsCode ? `${inside.socketFolder}/${socketName}` : socketName,
    ),
    env,
    readOnly: [
      ...runtime.binds,
      { from: slot.functionFolder, to: inside.function },
      { from: secrets, to: inside.secrets },
      ...names(slot),
    ],
    writable: [{ from: slot.socketFolder, to: inside.socketFolder }],
    cwd: runtime.needsCode ? codeInside : inside.socketFolder,
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

function withHeap([program = '', ...rest]: readonly string[], heap: readonly string[]): string[] {
  return [program, ...heap, ...rest];
}
