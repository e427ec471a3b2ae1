// What /proc says about processes: who started whom, what they used, what they hold.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/** The kernel's unit of processor time towards programs; 100 a second on every Linux. */
const ticksPerSecond = 100;

export interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of its own, and of its children that ended and were waited for. */
  readonly cpuSeconds: number;
}

/** Reads a line of /proc/PID/stat. The name stands in parentheses and may hold anything, parentheses too. */
export function statOf(line: string): Stat {
  const [pid] = line.split(' ', 1);
  const rest = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(rest[field]), 0);
  return { pid: Number(pid), parent: Number(rest[1]), cpuSeconds: ticks / ticksPerSecond };
}

/** Every process there is now. */
export function processes(): Map<number, Stat> {
  const found = new Map<number, Stat>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const line = read(`/proc/${entry}/stat`);
    if (line !== '') found.set(Number(entry), statOf(line));
  }
  return found;
}

/** A process and everything that it started, directly or not. Empty when it is gone. */
export function treeOf(pid: number, all = processes()): Stat[] {
  const children = Map.groupBy(all.values(), ({ parent }) => parent);
  const root = all.get(pid);
  const found = root === undefined ? [] : [root];
  for (const one of found) found.push(...(children.get(one.pid) ?? []));
  return found;
}

/** The processes of an instance: the child of the gateway that names it in its command or works in its folder, and what that started. */
export function processesOfInstance(gateway: number, instance: string): Stat[] {
  const all = processes();
  return [...all.values()]
    .filter(({ pid, parent }) => parent === gateway && belongsTo(pid, instance))
    .flatMap(({ pid }) => treeOf(pid, all));
}

function belongsTo(pid: number, instance: string): boolean {
  if (read(`/proc/${pid}/cmdline`).includes(instance)) return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`).includes(instance);
  } catch {
    return false;
  }
}

/** Proportional set size: what is shared between processes is divided among them, so that sums are right. Needs root for those of others. */
export function pssBytes(processes: readonly Stat[]): number {
  return processes.reduce((sum, { pid }) => sum + kibibytes(read(`/proc/${pid}/smaps_rollup`), 'Pss'), 0);
}

export function residentBytes(pid: number): number {
  return kibibytes(read(`/proc/${pid}/status`), 'VmRSS');
}

/** The most memory the process ever held, since the start or since `resetPeak`. */
export function peakBytes(pid: number): number {
  return kibibytes(read(`/proc/${pid}/status`), 'VmHWM');
}

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function kibibytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended between being listed and being read.
    return '';
  }
}
