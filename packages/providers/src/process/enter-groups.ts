import { appendFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { numbersIn, withDescendants } from './family.ts';

/** About two seconds, with the pauses: longer than any fence is built; who forks for ever is no host of ours. */
const mostTurns = 110;
const longestPauseMs = 20;

/**
 * Moves a process and all it has started into control groups, from outside: the kernel takes milliseconds for the first move, and the
 * process need not wait for that. Resolves when nothing of it is outside. What forks while it is being moved is found in another turn.
 */
export async function enterGroups(folders: Iterable<string>, pid: number, proc = '/proc'): Promise<void> {
  const entrances = [...folders].map((folder) => join(folder, 'cgroup.procs'));
  let moves = 0;
  for (let turn = 0; turn < mostTurns; turn++) {
    const family = withDescendants(pid, proc);
    let moved = false;
    for (const entrance of entrances) {
      const there = new Set(numbersIn(entrance));
      for (const outside of family.filter((one) => !there.has(one))) {
        if (moves++ === 0) await appendFile(entrance, `${outside}\n`).catch(unlessEnded);
        else moveNow(entrance, outside);
        moved = true;
      }
    }
    if (!moved) return;
    // A fence that is built by a script forks for each step of it: let it come further.
    if (turn > 1) await sleep(Math.min(turn, longestPauseMs));
  }
  throw new Error('its processes could not be moved into their control groups');
}

/** Right after another move the kernel takes microseconds. */
function moveNow(entrance: string, pid: number): void {
  try {
    appendFileSync(entrance, `${pid}\n`);
  } catch (error) {
    unlessEnded(error as NodeJS.ErrnoException);
  }
}

function unlessEnded(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ESRCH') throw error;
}
