import type { DeploymentKey } from '@wherry/core/function';
import type { Exit } from '@wherry/core/instance';
import type { Host } from './host.ts';
import type { ProcessEnd } from './host-process.ts';

/** A host that has a function: whose end is told, and whether we ended it. */
export interface Assigned {
  readonly key: DeploymentKey;
  ending: 'stopped' | 'killed' | 'not-loaded' | undefined;
  /** When it was ready for calls. */
  startedAt?: number;
}

/** What is known of an instance that has ended: read before its groups are removed. */
export function exitOf(host: Host, { key, ending, startedAt }: Assigned, at: number): Exit {
  const end = host.process.end ?? { code: undefined, signal: undefined };
  const used = host.group?.usage();
  const kind = kindOf(end, ending, used?.outOfMemory === true);
  return {
    instance: host.id,
    deployment: key,
    at,
    ...(startedAt === undefined ? {} : { startedAt }),
    kind,
    reason: ending === 'not-loaded' ? 'ended: its code did not load' : sentence(kind, end),
    lastWords: [...host.tap.lastWords],
    ...(end.code === undefined ? {} : { exitCode: end.code }),
    ...(end.signal === undefined ? {} : { signal: end.signal }),
    ...(used?.peakMemoryBytes === undefined ? {} : { peakMemoryBytes: used.peakMemoryBytes }),
    ...(used?.cpuMs === undefined ? {} : { cpuMs: used.cpuMs }),
  };
}

function kindOf(end: ProcessEnd, ending: Assigned['ending'], outOfMemory: boolean): Exit['kind'] {
  // A killed child process alone is the function's own affair; the host must have gone with it.
  if (outOfMemory && end.code !== 0) return 'out-of-memory';
  if (ending !== undefined) return ending === 'killed' ? 'killed' : 'stopped';
  return end.signal === undefined ? 'exited' : 'signalled';
}

function sentence(kind: Exit['kind'], end: ProcessEnd): string {
  switch (kind) {
    case 'stopped':
      return 'stopped';
    case 'killed':
      return 'killed: it did not stop in time';
    case 'out-of-memory':
      return 'killed by the kernel: out of memory (limits.memory raises the limit)';
    case 'signalled':
      return `ended by ${end.signal}`;
    default:
      return `exited with code ${end.code ?? 'unknown'}`;
  }
}
