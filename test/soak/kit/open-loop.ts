// Load at a fixed rate, from a process of its own: requests leave when they are due, not when the last one was answered, so that a
// platform that stands still is seen as one that fails. Everything but the right answer counts as its failure: refused, reset and silent too.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Soak } from './scenario.ts';

export interface OpenLoopOrder {
  /** In turn. */
  readonly urls: readonly string[];
  /** Requests a second, all urls together. */
  readonly rate: number;
  /** Before the number that each request says. */
  readonly prefix?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a right answer says; 200 unless named. */
  readonly statuses?: readonly number[];
  /** Answers need not end with what was said. */
  readonly echoes?: boolean;
  /** Keep what each accepted request said, with its call id. */
  readonly keepIds?: boolean;
  readonly timeoutMs?: number;
  /** A connection that was idle for so long is not used again. */
  readonly idleMs?: number;
}

export interface Failure {
  /** What the request said: `prefix` and this. */
  readonly n: number;
  readonly reason: string;
  /** From the start of the load. */
  readonly afterMs: number;
}

export interface OpenLoopResult {
  readonly sent: number;
  readonly failed: number;
  /** The first of them. */
  readonly failures: readonly Failure[];
  /** How often each status, or reason of a failure. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What was said and the call's id, of right answers, where `keepIds` asks for them. */
  readonly accepted: readonly string[];
  readonly seconds: number;
  /** From when a request was due to the last byte of its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface OpenLoop {
  /** No more requests; resolves when all are answered or given up. */
  stop(): Promise<OpenLoopResult>;
}

/** Starts a load that goes on until it is stopped, at the latest with the scenario. */
export async function openLoop(soak: Pick<Soak, 'after'>, order: OpenLoopOrder): Promise<OpenLoop> {
  const child = fork(join(import.meta.dirname, 'open-loop-client.ts'), [JSON.stringify(order)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  soak.after(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return {
    async stop() {
      child.send('stop');
      const [result] = (await once(child, 'message')) as [OpenLoopResult];
      return result;
    },
  };
}

/** What a load met, as one line. */
export function summary({
  sent,
  failed,
  seconds,
  p50Ms,
  p99Ms,
  maxMs,
  statuses,
  failures,
}: OpenLoopResult): string {
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const line = `${failed} of ${sent} calls failed at ${Math.round(sent / seconds)}/s, p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, most ${ms(maxMs)}`;
  return failed === 0
    ? line
    : `${line}: ${JSON.stringify(statuses)}, first ${JSON.stringify(failures.slice(0, 5))}`;
}
