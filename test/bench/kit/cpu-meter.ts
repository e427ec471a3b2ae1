// Processor time of a set of processes, those that have ended included. A control group of the first generation counts in nanoseconds and
// forgets nobody; where there is none, the sums of /proc must do, in steps of 10 ms.
//
// The second generation is not used: a group with processes in it may not hand controllers down there, so a gateway inside one would put
// its instances elsewhere, and they would not be counted.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { treeOf } from './process-tree.ts';

/** Counts the processor time of what is started inside, and of everything that this starts. */
export interface CpuGroup {
  /** What `start` spawns before it returns belongs to the group. */
  inside<T>(start: () => T): T;
  /** Names the process once it is known; needed where there are no control groups. */
  adopt(pid: number): void;
  /** User and system time so far. */
  seconds(): number;
}

export interface CpuMeter {
  readonly kind: 'control group' | '/proc';
  group(name: string): CpuGroup;
  /** Everything that belongs to this benchmark: itself, load generators, all groups. */
  totalSeconds(): number;
  close(): void;
}

export function openCpuMeter(): CpuMeter {
  return controlGroups() ?? procSums();
}

function controlGroups(root = '/sys/fs/cgroup/cpuacct'): CpuMeter | undefined {
  try {
    const own = /^\d+:[^:]*\bcpuacct\b[^:]*:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
    if (own === undefined) return undefined;
    const base = existsSync(join(root, own)) ? join(root, own) : root;
    const top = join(base, `bench-${process.pid}`);
    const bench = join(top, 'bench');
    const folders = [bench, top];
    mkdirSync(bench, { recursive: true });
    enter(bench);
    return {
      kind: 'control group',
      group(name) {
        const folder = join(top, name);
        mkdirSync(folder);
        folders.unshift(folder);
        return {
          inside(start) {
            // A child is born where its parent is.
            enter(folder);
            try {
              return start();
            } finally {
              enter(bench);
            }
          },
          adopt: () => undefined,
          seconds: () => nanoseconds(folder) / 1e9,
        };
      },
      totalSeconds: () => nanoseconds(top) / 1e9,
      close() {
        enter(base);
        for (const folder of folders) removeFolder(folder);
      },
    };
  } catch {
    return undefined;
  }
}

const enter = (folder: string): void => writeFileSync(join(folder, 'cgroup.procs'), String(process.pid));
const nanoseconds = (folder: string): number => Number(readFileSync(join(folder, 'cpuacct.usage'), 'utf8'));

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody in it is still ending; an empty group costs nothing.
  }
}

function procSums(): CpuMeter {
  return {
    kind: '/proc',
    group: () => procGroup([]),
    totalSeconds: () => sum(process.pid),
    close: () => undefined,
  };
}

/** The processes with these ids and all they start; also for servers that somebody else started. */
export function procGroup(pids: number[]): CpuGroup {
  return {
    inside: (start) => start(),
    adopt: (pid) => void pids.push(pid),
    seconds: () => pids.reduce((total, pid) => total + sum(pid), 0),
  };
}

const sum = (pid: number): number => treeOf(pid).reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
