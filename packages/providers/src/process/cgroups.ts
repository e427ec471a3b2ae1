// Long because: both generations of control groups are met on today's machines, and belong side by side.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enterGroups } from './enter-groups.ts';

/** Limits of one instance. */
export interface GroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly cpus?: number;
}

/** What the group of an instance has used. */
export interface GroupUsage {
  readonly memoryBytes?: number;
  readonly peakMemoryBytes?: number;
  readonly cpuMs?: number;
  readonly processes?: number;
  readonly outOfMemory: boolean;
}

/** The control groups of one instance: limits, usage, and a certain way to find every process of it. */
export interface Group {
  /** Moves a process and all it has started in; resolves when nothing of it is outside. Before it runs what it is limited for. */
  enter(pid: number): Promise<void>;
  limit(limits: GroupLimits): void;
  /** What it weighs against others where processors are scarce, as a part of what a group weighs by itself. */
  weigh(part: number): void;
  usage(): GroupUsage;
  /** Kills what is left and removes the group. */
  remove(): Promise<void>;
}

/** Makes groups; undefined where this machine gives none to this user. */
export interface GroupMaker {
  readonly generation: 'v1' | 'v2';
  make(id: string): Group;
  /** Removes every group, also those that a killed gateway left. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** bubblewrap (twice), the shell and setpriv are in the group too, and are not the function's. */
const ownProcesses = 4;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};
const write = (path: string, text: string): void => {
  try {
    writeFileSync(path, text);
  } catch {
    // It weighs what it weighed before.
  }
};
const number = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);
const field = (text: string, name: string): number | undefined =>
  number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? '');
const optional = <T extends object>(part: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as T;

/**
 * Finds where groups can be made. `name` is this data folder's own, so that a sweep never touches another gateway's.
 * `root` and `self` are parameters for the tests.
 */
export function findGroups(
  name: string,
  root = '/sys/fs/cgroup',
  self = '/proc/self/cgroup',
): GroupMaker | undefined {
  const own = new Map<string, string>();
  for (const line of read(self).split('\n')) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    for (const controller of controllers.split(',')) own.set(controller, path);
  }
  return v2(name, root, own.get('') ?? '/') ?? v1(name, root, own);
}

const controllersV1 = ['memory', 'pids', 'cpu', 'cpuacct'] as const;

function v1(name: string, root: string, own: ReadonlyMap<string, string>): GroupMaker | undefined {
  const bases = new Map<string, string>();
  for (const controller of controllersV1) {
    const path = own.get(controller);
    // Inside a container the path is the host's, but the mount shows only our part of it.
    const base =
      path !== undefined && existsSync(join(root, controller, path))
        ? join(root, controller, path)
        : join(root, controller);
    if (path !== undefined && makeFolder(join(base, name))) bases.set(controller, join(base, name));
  }
  if (!bases.has('memory') || !bases.has('pids')) return undefined;
  const cpu = bases.get('cpu');
  // All functions together weigh as much as a busy thread on each processor, beside everything else on the machine.
  if (cpu !== undefined) write(join(cpu, 'cpu.shares'), String(1024 * availableParallelism()));
  const folders = [...new Set(bases.values())];
  return {
    generation: 'v1',
    make: (id) => new GroupV1(new Map([...bases].map(([controller, base]) => [controller, join(base, id)]))),
    sweep: () => sweep(folders),
    close: async () => {
      await sweep(folders);
      for (const folder of folders) removeFolder(folder);
    },
  };
}

class GroupV1 implements Group {
  readonly #at: ReadonlyMap<string, string>;

  constructor(at: ReadonlyMap<string, string>) {
    this.#at = at;
    for (const folder of at.values()) mkdirSync(folder, { recursive: true });
  }

  enter(pid: number): Promise<void> {
    return enterGroups(new Set(this.#at.values()), pid);
  }

  limit(limits: GroupLimits): void {
    const memory = this.#at.get('memory') as string;
    const swap = join(memory, 'memory.memsw.limit_in_bytes');
    const raise = limits.memoryBytes > (number(read(join(memory, 'memory.limit_in_bytes'))) ?? 0);
    // Memory with swap must never be below memory alone, so the order depends on the direction.
    if (raise && existsSync(swap)) writeFileSync(swap, String(limits.memoryBytes));
    writeFileSync(join(memory, 'memory.limit_in_bytes'), String(limits.memoryBytes));
    if (!raise && existsSync(swap)) writeFileSync(swap, String(limits.memoryBytes));
    writeFileSync(join(this.#at.get('pids') as string, 'pids.max'), String(limits.processes + ownProcesses));
    const cpu = this.#at.get('cpu');
    if (cpu !== undefined)
      writeFileSync(
        join(cpu, 'cpu.cfs_quota_us'),
        String(limits.cpus === undefined ? -1 : Math.max(1000, Math.round(limits.cpus * 100_000))),
      );
  }

  weigh(part: number): void {
    const cpu = this.#at.get('cpu');
    if (cpu !== undefined) write(join(cpu, 'cpu.shares'), String(Math.max(2, Math.round(1024 * part))));
  }

  usage(): GroupUsage {
    const memory = this.#at.get('memory') as string;
    const all = number(read(join(memory, 'memory.usage_in_bytes')));
    const cache = field(read(join(memory, 'memory.stat')), 'total_inactive_file') ?? 0;
    const cpuNs = number(read(join(this.#at.get('cpuacct') ?? '', 'cpuacct.usage')));
    return {
      outOfMemory: (field(read(join(memory, 'memory.oom_control')), 'oom_kill') ?? 0) > 0,
      ...optional<Omit<GroupUsage, 'outOfMemory'>>({
        memoryBytes: all === undefined ? undefined : Math.max(0, all - cache),
        peakMemoryBytes: number(read(join(memory, 'memory.max_usage_in_bytes'))),
        cpuMs: cpuNs === undefined ? undefined : cpuNs / 1e6,
        processes: number(read(join(this.#at.get('pids') ?? '', 'pids.current'))),
      }),
    };
  }

  remove(): Promise<void> {
    return removeGroups([...new Set(this.#at.values())]);
  }
}

function v2(name: string, root: string, ownPath: string): GroupMaker | undefined {
  const unified = existsSync(join(root, 'cgroup.controllers'));
  if (!unified) return undefined;
  // The root of the hierarchy may hold processes and groups alike; a delegated group may not, and is used where we are its only tenant.
  for (const base of [join(root, ownPath), root]) {
    const top = join(base, name);
    if (!makeFolder(top)) continue;
    if (enable(base) && enable(top)) {
      return {
        generation: 'v2',
        make: (id) => new GroupV2(join(top, id)),
        sweep: () => sweep([top]),
        close: async () => {
          await sweep([top]);
          removeFolder(top);
        },
      };
    }
    removeFolder(top);
  }
  return undefined;
}

function enable(folder: string): boolean {
  try {
    writeFileSync(join(folder, 'cgroup.subtree_control'), '+memory +pids +cpu');
    return true;
  } catch {
    return ['memory', 'pids'].every((controller) =>
      read(join(folder, 'cgroup.subtree_control')).split(' ').includes(controller),
    );
  }
}

class GroupV2 implements Group {
  readonly #at: string;

  constructor(at: string) {
    this.#at = at;
    mkdirSync(at, { recursive: true });
  }

  enter(pid: number): Promise<void> {
    return enterGroups([this.#at], pid);
  }

  limit(limits: GroupLimits): void {
    writeFileSync(join(this.#at, 'memory.max'), String(limits.memoryBytes));
    if (existsSync(join(this.#at, 'memory.swap.max'))) writeFileSync(join(this.#at, 'memory.swap.max'), '0');
    writeFileSync(join(this.#at, 'pids.max'), String(limits.processes + ownProcesses));
    if (existsSync(join(this.#at, 'cpu.max'))) {
      writeFileSync(
        join(this.#at, 'cpu.max'),
        `${limits.cpus === undefined ? 'max' : Math.max(1000, Math.round(limits.cpus * 100_000))} 100000`,
      );
    }
  }

  weigh(part: number): void {
    const weight = join(this.#at, 'cpu.weight');
    if (existsSync(weight)) write(weight, String(Math.max(1, Math.round(100 * part))));
  }

  usage(): GroupUsage {
    const all = number(read(join(this.#at, 'memory.current')));
    const cache = field(read(join(this.#at, 'memory.stat')), 'inactive_file') ?? 0;
    const cpuUs = field(read(join(this.#at, 'cpu.stat')), 'usage_usec');
    return {
      outOfMemory: (field(read(join(this.#at, 'memory.events')), 'oom_kill') ?? 0) > 0,
      ...optional<Omit<GroupUsage, 'outOfMemory'>>({
        memoryBytes: all === undefined ? undefined : Math.max(0, all - cache),
        peakMemoryBytes: number(read(join(this.#at, 'memory.peak'))),
        cpuMs: cpuUs === undefined ? undefined : cpuUs / 1000,
        processes: number(read(join(this.#at, 'pids.current'))),
      }),
    };
  }

  remove(): Promise<void> {
    return removeGroups([this.#at]);
  }
}

async function sweep(folders: readonly string[]): Promise<void> {
  const ids = new Set(folders.flatMap((folder) => subfolders(folder)));
  for (const id of ids)
    await removeGroups(folders.map((folder) => join(folder, id)).filter((path) => existsSync(path)));
}

/** Kills every process of the groups and removes them; the kernel needs a moment to let go of the dead. */
async function removeGroups(folders: readonly string[]): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    for (const folder of folders)
      for (const pid of read(join(folder, 'cgroup.procs')).split('\n')) kill(Number(pid));
    if (folders.filter((folder) => !removeFolder(folder)).length === 0) return;
    await sleep(Math.min(20, turn + 1));
  }
}

function kill(pid: number): void {
  if (pid <= 1 || pid === process.pid) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself in between.
  }
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** True when it is gone, also when it never was. */
function removeFolder(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
