import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { JobEnd, JobLimits } from '@wherry/core/ports/workshop';
import { killFamily } from '../family.ts';
import type { Launch } from '../sandbox/enclosure.ts';

type Exceeded = NonNullable<JobEnd['exceeded']>;

/** Waits for a word before anything runs, so that all of it is counted from its first instruction on. */
const heldBack = [
  'read -r _ || exit 125',
  'echo 800 2>/dev/null >/proc/self/oom_score_adj || :',
  'ulimit -c 0; ulimit -n 8192 2>/dev/null || :; ulimit -f "$1" 2>/dev/null || :',
  'shift; exec "$@" 5<&0 </dev/null',
].join('\n');

/** A command of a build as a process, with everything that it starts. */
export class JobProcess {
  readonly #child: ChildProcess;
  readonly #unseen: readonly string[];
  #exceeded: Exceeded | undefined;
  #over = false;
  readonly ended: Promise<{ readonly code: number | undefined; readonly exceeded: Exceeded | undefined }>;

  constructor(launch: Launch, cwd: string, env: Readonly<Record<string, string>>, limits: JobLimits) {
    this.#unseen = launch.unseen ?? [];
    const filter = launch.filter === undefined ? ('ignore' as const) : openSync(launch.filter, 'r');
    const wrapped = process.platform !== 'win32';
    const blocks = String(Math.ceil(limits.diskBytes / 512));
    const [command = '', ...args] = wrapped
      ? ['/bin/sh', '-c', heldBack, 'sh', blocks, ...launch.argv]
      : launch.argv;
    this.#child = spawn(command, args, {
      cwd,
      detached: true,
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
      stdio: ['pipe', 'pipe', 'pipe', 'ignore', filter],
    });
    if (filter !== 'ignore') closeSync(filter);
    this.#child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const done = (code: number | null): void => {
        this.#over = true;
        resolve({ code: code ?? undefined, exceeded: this.#exceeded });
      };
      this.#child.once('error', () => done(127));
      this.#child.once('exit', () =>
        // Somebody who fled an open machine may hold the pipes for ever.
        setTimeout(() => this.#child.stdio.forEach((pipe) => pipe?.destroy()), 1000).unref(),
      );
      this.#child.once('close', done);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdout(): Readable {
    return this.#child.stdout as Readable;
  }

  get stderr(): Readable {
    return this.#child.stderr as Readable;
  }

  /** Lets it begin. */
  go(): void {
    this.#child.stdin?.end(`\n${this.#unseen.map((word) => `${word}\0`).join('')}`);
  }

  /** Ends it for a reason; the first one counts. */
  end(why: Exceeded): void {
    if (!this.#over) this.#exceeded ??= why;
    this.kill();
  }

  kill(): void {
    const { pid } = this.#child;
    if (pid !== undefined && !this.#over) killFamily(pid);
  }
}
