import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fence, IsolationLevel } from '@wherry/core/ports/provider';
import type { GroupMaker } from './cgroups.ts';
import { findNetworking, type Networking } from './network/find-making.ts';
import { output } from './command-output.ts';
import { type OwnEtc, ownEtc } from './sandbox/own-etc.ts';
import { bubblewrap } from './sandbox/bubblewrap.ts';
import { type Enclosure, inside, type Launch } from './sandbox/enclosure.ts';
import { seccompFilter } from './sandbox/seccomp.ts';
import { systemFolders } from './sandbox/system-folders.ts';
import { utilLinux } from './sandbox/util-linux.ts';

/** The tool that builds the fence. */
export type FenceTool = 'bubblewrap' | 'util-linux' | 'none';

/** What this machine gives, found out by building a fence and running `true` in it. */
export interface Fencing {
  readonly tool: FenceTool;
  readonly level: IsolationLevel;
  /** The system-call filter, as a file. */
  readonly filter: string | undefined;
  /** Whether instances get a host user of their own. */
  readonly ownUsers: boolean;
  /** What a bare host is started with, so that it does not outlive a gateway that is killed; empty where it would. */
  readonly leash: readonly string[];
  /** How a function gets a part of the network. */
  readonly networking: Networking;
  /** What instances see as /etc. */
  readonly etc: OwnEtc;
  readonly fences: readonly Fence[];
}

/** Tries what can be had, best first. `folder` is a private folder for the tries. */
export async function findFencing(
  folder: string,
  groups: GroupMaker | undefined,
  best: 'best' | 'util-linux' | 'none',
): Promise<Fencing> {
  if (process.platform !== 'linux')
    return unfenced(
      'functions are fenced on Linux only',
      'run the gateway on Linux, or in a Linux virtual machine',
    );
  const leash =
    (await works({ argv: [...dieWithUs, 'true'], contained: false })) === undefined ? dieWithUs : [];
  if (best === 'none')
    return unfenced('switched off by the setting isolation: none', 'leave the setting out', leash);
  const root = process.getuid?.() === 0;
  const filter = writeFilter(folder);
  const enclosure = (user: number | undefined): Enclosure => ({
    command: ['true'],
    env: {},
    readOnly: [],
    writable: [{ from: join(folder, 'probe'), to: inside.socketFolder }],
    cwd: inside.socketFolder,
    rootFolder: join(folder, 'probe-root'),
    scratchBytes: 2 ** 20,
    network: 'none',
    user,
  });
  for (const name of ['probe', 'probe-root']) mkdirSync(join(folder, name), { recursive: true });
  const etc = ownEtc(folder);
  const system = systemFolders(etc.none);
  const user = root ? probeUser : undefined;
  const networking = findNetworking(folder, root, works);
  const withBubblewrap =
    best === 'util-linux'
      ? 'not wanted by the setting fence'
      : await works(bubblewrap(enclosure(user), system, filter));
  const withUtilLinux =
    withBubblewrap === undefined ? false : (await works(utilLinux(enclosure(user), system))) === undefined;
  for (const name of ['probe', 'probe-root']) rmSync(join(folder, name), { recursive: true, force: true });
  const tool: FenceTool = withBubblewrap === undefined ? 'bubblewrap' : withUtilLinux ? 'util-linux' : 'none';
  const filtered = tool === 'bubblewrap' && filter !== undefined;
  const full = filtered && root && groups !== undefined;
  return {
    tool,
    level: tool === 'none' ? 'none' : full ? 'full' : 'partial',
    filter: filtered ? filter : undefined,
    ownUsers: root && tool !== 'none',
    leash,
    networking: await networking,
    etc,
    fences: await describe(tool, filtered, root, groups, await networking, withBubblewrap),
  };
}

/** The first of the users that instances get; see uids.ts. */
const probeUser = 1_900_000_000;

function writeFilter(folder: string): string | undefined {
  const filter = seccompFilter(process.arch);
  if (filter === undefined) return undefined;
  const path = join(folder, 'system-calls.bpf');
  writeFileSync(path, filter, { mode: 0o600 });
  return path;
}

/** Undefined where the launch succeeds, else the first line of what went wrong. */
function works(launch: Launch): Promise<string | undefined> {
  return new Promise((resolve) => {
    const [command = '', ...args] = launch.argv;
    const filter = launch.filter === undefined ? ('ignore' as const) : openSync(launch.filter, 'r');
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ignore', filter],
      timeout: 5000,
    });
    let said = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(0, 500);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) =>
      resolve(code === 0 ? undefined : said.split('\n')[0] || `exit code ${code}`),
    );
    if (filter !== 'ignore') closeSync(filter);
  });
}

async function describe(
  tool: FenceTool,
  filtered: boolean,
  root: boolean,
  groups: GroupMaker | undefined,
  networking: Networking,
  problem: string | undefined,
): Promise<readonly Fence[]> {
  const fence = (name: string, present: boolean, meaning: string, remedy?: string): Fence => ({
    name,
    present,
    meaning,
    ...(present || remedy === undefined ? {} : { remedy }),
  });
  const installed = problem === undefined || (await output('bwrap', ['--version'])) !== '';
  const install = 'sudo apt-get install bubblewrap   (or: dnf install bubblewrap, apk add bubblewrap)';
  const allow = `bubblewrap fails here: ${problem}. Ubuntu: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run the gateway as root`;
  const remedy = installed ? allow : install;
  const spaces = tool !== 'none';
  return [
    fence('namespaces', spaces, 'own view of processes, mounts, network, names', remedy),
    fence('read-only root', spaces, 'sees /usr and its own code, writes only its scratch folder', remedy),
    fence('network', spaces, 'none unless granted: com.wherry.network', remedy),
    networkGrants(spaces, networking, remedy),
    fence('system-call filter', filtered, 'no mounts, tracing, kernel interfaces, new namespaces', remedy),
    fence(
      'own user',
      root && spaces,
      'a host user of its own for every instance',
      'run the gateway as root: sudo wherry server',
    ),
    fence(
      'limits',
      groups !== undefined,
      `memory, processes and processor by control groups${groups === undefined ? '' : ` (${groups.generation})`}`,
      root
        ? 'mount control groups with the memory and pids controllers'
        : 'run the gateway as root, or delegate a control group to its user',
    ),
  ];
}

function networkGrants(spaces: boolean, networking: Networking, remedy: string): Fence {
  const name = 'network grants';
  const lacks = (meaning: string, how: string): Fence => ({ name, present: false, meaning, remedy: how });
  const install = 'sudo apt-get install iproute2';
  if (!spaces) return lacks('every function has the machine’s own network', remedy);
  if ('problem' in networking) return lacks(networking.problem, install);
  const all = networking.making.steering !== undefined;
  const meaning = all
    ? 'every connection of a function with a grant is judged by itself'
    : 'only the ports of the grant and the usual ones are open; others are refused without a record';
  return { name, present: true, meaning };
}

const dieWithUs = ['setpriv', '--pdeathsig', 'KILL', '--'];

function unfenced(meaning: string, remedy: string, leash: readonly string[] = []): Fencing {
  const fences = [{ name: 'namespaces', present: false, meaning, remedy }];
  const networking = { problem: meaning };
  const etc = { none: undefined, joined: undefined, host: undefined };
  const common = { filter: undefined, ownUsers: false, leash, networking, etc, fences };
  return { tool: 'none', level: 'none', ...common };
}
