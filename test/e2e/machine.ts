// What the machine itself says of processes and groups: looked at from outside, never asked of the gateway.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';

export interface Process {
  readonly pid: number;
  /** Host user. */
  readonly user: number;
  readonly command: string;
  /** Resolves when it has ended. The kernel offers nothing to wait on for somebody else's child, so it is looked at. */
  gone(): Promise<void>;
}

/** All descendants of a process. */
export function processesUnder(pid: number): readonly Process[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of parents()) children.set(parent, [...(children.get(parent) ?? []), child]);
  const found: number[] = [];
  const walk = (of: number): void => {
    for (const child of children.get(of) ?? []) {
      found.push(child);
      walk(child);
    }
  };
  walk(pid);
  return found.map(describe).filter((one) => one !== undefined);
}

function parents(): readonly (readonly [number, number])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const parent = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1];
      return parent === undefined ? [] : [[Number(name), Number(parent)] as const];
    });
}

function describe(pid: number): Process | undefined {
  const user = /^Uid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
  const started = startTime(pid);
  if (user === undefined || started === undefined) return undefined;
  const gone = async (): Promise<void> => {
    while (startTime(pid) === started) await later(10);
  };
  return {
    pid,
    user: Number(user),
    command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
    gone,
  };
}

/** Tells a process from a later one that got the same number; a dead one that is not yet reaped counts as gone. */
function startTime(pid: number): string | undefined {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

/** Control groups that a gateway with this data folder would make. */
export function groupsNamed(home: string): readonly string[] {
  const name = `wherry-${createHash('sha256').update(join(home, 'run')).digest('hex').slice(0, 12)}`;
  const root = '/sys/fs/cgroup';
  const found: string[] = [];
  const look = (folder: string, depth: number): void => {
    if (depth > 4 || !existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      if (entry.name === name) found.push(join(folder, entry.name));
      look(join(folder, entry.name), depth + 1);
    }
  };
  if (existsSync(root)) look(realpathSync(root), 0);
  return found;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
