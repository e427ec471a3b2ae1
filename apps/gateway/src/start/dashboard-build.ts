import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Log } from '../machine/log.ts';

/**
 * Has the dashboard built where a launcher asks for it, once calls are answered and behind everything else that the machine does. Until
 * then its address shows a page that says so. Returns what ends it.
 */
export function buildDashboard(builder: string | undefined, log: Log): () => void {
  if (builder === undefined) return () => undefined;
  const child = spawn(process.execPath, [builder], { stdio: ['ignore', 'ignore', 'inherit'] });
  child.once('error', ({ message }) => log.problem(`the dashboard is not built: ${message}`));
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It is gone already, or may not be put behind: then it stands beside.
  }
  return () => void child.kill();
}
