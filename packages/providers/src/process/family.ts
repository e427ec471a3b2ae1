import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface State {
  readonly letter: string;
  readonly parent: number;
}

/** What a process has started itself, as far as it still belongs to it: orphans are their next of kin's. */
export function childrenOf(pid: number, proc = '/proc'): number[] {
  return relations(pid, proc)(pid);
}

/** Youngest last. Those that have ended are no family any more. */
export function withDescendants(pid: number, proc = '/proc'): number[] {
  const children = relations(pid, proc);
  const family = [pid];
  for (const one of family) family.push(...children(one));
  return family.filter((one) => !ended(stateOf(one, proc)));
}

/**
 * Kills a process, its group and its children, whatever groups those have made for themselves.
 *
 * A fence dies with the process that built it, but only from the moment on at which its first process has asked for that signal
 * (prctl(2), PR_SET_PDEATHSIG), and it leaves the group before: between the two nothing but this reaches it. Stopped first, nobody
 * leaves while we look, and what is just being forked is stopped in the group.
 */
export function killFamily(leader: number): void {
  if (process.platform === 'win32') {
    send(leader, 'SIGKILL');
    return;
  }
  if (process.platform === 'linux') send(-leader, 'SIGSTOP');
  const children = process.platform === 'linux' ? childrenOf(leader) : [];
  for (const one of [-leader, ...children]) send(one, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}

function relations(pid: number, proc: string): (parent: number) => number[] {
  // A kernel may be built without these lists; nobody must be overlooked for that.
  if (existsSync(`${proc}/${pid}/task/${pid}/children`))
    return (one) => numbersIn(`${proc}/${one}/task/${one}/children`);
  const parents = parentsIn(proc);
  return (one) => [...parents].filter(([, parent]) => parent === one).map(([child]) => child);
}

function stateOf(pid: number, proc: string): State | undefined {
  // The name may hold anything, brackets as well.
  const [, letter, parent] = /^\d+ \(.*\) (\w) (\d+) /s.exec(read(`${proc}/${pid}/stat`)) ?? [];
  return letter === undefined ? undefined : { letter, parent: Number(parent) };
}

function ended(state: State | undefined): boolean {
  return state === undefined || state.letter === 'Z' || state.letter === 'X';
}

function parentsIn(proc: string): ReadonlyMap<number, number> {
  const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  return new Map(pids.map((name) => [Number(name), stateOf(Number(name), proc)?.parent ?? 0]));
}

/** The numbers in a file of the kernel's; none where it is gone. */
export function numbersIn(path: string): number[] {
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
