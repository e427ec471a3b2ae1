import type { NetworkGrant } from '../rules/network-grant.ts';

/** A folder or a file of this machine, and where it is seen. */
export interface Shown {
  readonly from: string;
  readonly to: string;
}

/** One command of a build. */
export interface Job {
  /** Whose it is: builds of one namespace have one user on this machine, and no other. */
  readonly owner: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Read-only, beside the machine's own system: tools. */
  readonly shown: readonly Shown[];
  /** Folders that it may write. They are given to the job's user while it runs; those that are kept stay that user's, because other jobs use them too. */
  readonly writable: readonly (Shown & { readonly kept?: true })[];
  /** Where it starts; as it is seen inside. */
  readonly cwd: string;
  readonly network: NetworkGrant;
  readonly limits: JobLimits;
}

export interface JobLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly timeMs: number;
  /** Of all that is written in the writable folders. */
  readonly diskBytes: number;
}

/** How a job ended. */
export interface JobEnd {
  readonly code: number | undefined;
  /** Why it was ended from outside; undefined where it ended by itself. */
  readonly exceeded?: 'time' | 'disk' | 'memory' | 'files' | 'cancelled';
  /** Targets that it asked for and may not reach, with the reason. */
  readonly refused: readonly string[];
}

/**
 * Runs the commands of builds behind the same fence as functions: own user, namespaces, system-call filter, limits, and no network but
 * what the job is granted. Nothing of a job lives longer than the promise.
 */
export interface Workshop {
  /**
   * Runs a job to its end. `told` gets its output line by line, cut to 2,000 characters a line. Where there is no
   * fence, the places in `shown` and `writable` are put in the words of the command and its variables by what is there. Throws `network_unavailable`,
   * `start_failed`.
   */
  run(job: Job, told: (line: string) => void, signal: AbortSignal): Promise<JobEnd>;
  /** Where functions are not fenced, builds aren't either. */
  readonly fenced: boolean;
}
