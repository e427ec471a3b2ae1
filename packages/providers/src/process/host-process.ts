import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { WherryError } from '@wherry/core/errors';
import { killFamily } from './family.ts';
import type { Launch } from './sandbox/enclosure.ts';

/** How a host's process ended. */
export interface ProcessEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A machine so busy that a host takes longer than this to start can't serve calls either. */
const startLimitMs = 20_000;

/** How long the pipes of an ended host may stay open. */
const pipeLimitMs = 1000;

/** Lowers its rights to files and its place in the machine's memory before anything else runs. */
const humbly = [
  'echo 500 2>/dev/null >/proc/self/oom_score_adj || :',
  'ulimit -c 0; ulimit -n 4096 2>/dev/null || :',
  'exec "$@"',
].join('\n');

/** A running host: its process, its output, its end. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly contained: boolean;
  readonly ended: Promise<ProcessEnd>;
  /** The end in words once it has ended. */
  end: ProcessEnd | undefined;

  constructor(launch: Launch, cwd: string, env: Readonly<Record<string, string>>) {
    this.contained = launch.contained;
    const filter = launch.filter === undefined ? undefined : openSync(launch.filter, 'r');
    const wrapped = process.platform === 'linux';
    const [command = '', ...args] = wrapped ? ['/bin/sh', '-c', humbly, 'sh', ...launch.argv] : launch.argv;
    this.#child = spawn(command, args, {
      cwd,
      // Of its own session: a Ctrl-C at the terminal is for the gateway, which then lets calls finish.
      detached: true,
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...env,
      },
      stdio:
        filter === undefined
          ? ['ignore', 'pipe', 'pipe', 'pipe']
          : ['ignore', 'pipe', 'pipe', 'pipe', filter],
    });
    if (filter !== undefined) closeSync(filter);
    this.ended = new Promise((resolve) => {
      // `close` and not `exit`: what it wrote last must have been read. Only somebody who fled an open machine can hold the pipes longer.
      this.#child.once('close', (code, signal) => resolve(endOf(code, signal)));
      this.#child.once('exit', () =>
        setTimeout(() => this.#child.stdio.forEach((pipe) => pipe?.destroy()), pipeLimitMs).unref(),
      );
      this.#child.once('error', () => resolve({ code: 127, signal: undefined }));
    });
    void this.ended.then((end) => {
      this.end = end;
    });
  }

  get stdout(): Readable {
    return this.#child.stdout as Readable;
  }

  get stderr(): Readable {
    return this.#child.stderr as Readable;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the host listens. Rejects with `start_failed` when it ends before, or takes too long. */
  async ready(): Promise<void> {
    const line = this.#child.stdio[3] as Readable;
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    const spoken = new Promise<boolean>((resolve) => {
      line.on('data', (bytes: Buffer) => {
        said += bytes.toString('latin1');
        if (said.includes('\n') || said.length > 4096) resolve(true);
      });
      line.once('error', () => resolve(false));
      line.once('close', () => resolve(said.includes('\n')));
      timer = setTimeout(() => resolve(false), startLimitMs);
    });
    const won = await Promise.race([spoken, this.ended.then(() => false)]);
    clearTimeout(timer);
    line.destroy();
    if (won && readyLine(said)) return;
    this.kill();
    throw new WherryError(
      'start_failed',
      won ? 'the host spoke another protocol' : 'the host ended before it listened',
      {
        component: 'process-provider',
      },
    );
  }

  /** Kills it and everything it started. In a fence the kernel ends the whole process namespace with its first process. */
  kill(): void {
    const { pid } = this.#child;
    if (pid !== undefined && this.end === undefined) killFamily(pid);
  }
}

function readyLine(said: string): boolean {
  try {
    return (JSON.parse(said.slice(0, said.indexOf('\n'))) as { protocol?: unknown }).protocol === 1;
  } catch {
    return false;
  }
}

/** bubblewrap and the shell say "ended by signal N" as exit code 128+N. */
function endOf(code: number | null, signal: string | null): ProcessEnd {
  if (signal !== null) return { code: undefined, signal };
  const number = code === null || code <= 128 ? undefined : signalNames[code - 128];
  return number === undefined
    ? { code: code ?? undefined, signal: undefined }
    : { code: undefined, signal: number };
}

const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  31: 'SIGSYS',
};
