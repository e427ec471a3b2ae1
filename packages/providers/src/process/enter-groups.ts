import { appendFileSync, readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

/** More often than any start forks; who forks for ever is no host of ours. */
const mostTurns = 20;

/**
 * Moves a process and all it has started into control groups, from outside: the kernel takes milliseconds for the first move, and the
 * process need not wait for that. Resolves when nothing of it is outside. What forks while it is being moved is found in another turn.
 */
export async function enterGroups(folders: Iterable<string>, pid: number): Promise<void> {
  const entrances = [...folders].map((folder) => join(folder, 'cgroup.procs'));
  let moves = 0;
  for (let turn = 0; turn < mostTurns; turn++) {
    const family = withDescendants(pid);
    let moved = false;
    for (const entrance of entrances) {
      const there = new Set(numbersIn(entrance));
      for (const outside of family.filter((one) => !there.has(one))) {
        if (moves++ === 0) await appendFile(entrance, String(outside)).catch(unlessEnded);
        else moveNow(entrance, outside);
        moved = true;
      }
    }
    if (!moved) return;
  }
  throw new Error('its processes could not be moved into their control groups');
}

/** Youngest last. Those that have ended are no family any more. */
function withDescendants(pid: number): number[] {
  const family = [pid];
  for (const one of family) family.push(...numbersIn(`/proc/${one}/task/${one}/children`));
  return family.filter((one) => !ended(one));
}

function ended(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' || /^\d+ \(.*\) [ZX]/s.test(stat);
}

/** Right after another move the kernel takes microseconds. */
function moveNow(entrance: string, pid: number): void {
  try {
    appendFileSync(entrance, String(pid));
  } catch (error) {
    unlessEnded(error as NodeJS.ErrnoException);
  }
}

function unlessEnded(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ESRCH') throw error;
}

function numbersIn(path: string): number[] {
  return read(path)
    .split(/\s+/)
    .filter((text) => /^\d+$/.test(text))
    .map(Number);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
