// The thread that all SQLite work happens in, so that no flush ever holds up a call. It loads nothing else: its start is
// part of the gateway's.
import type { WherryError } from '@wherry/core/errors';
import { parentPort, workerData } from 'node:worker_threads';
import { DatabaseFile, makeHome } from './database-file.ts';
import { HomeLock } from './home-lock.ts';
import { openParts, type Parts } from './parts.ts';
import { whenQuiet } from './rest.ts';
import { failureOf, poisons } from './sqlite-failure.ts';
import type { Answer, Request, ThreadData } from './thread-messages.ts';

const port = parentPort!;
const { home, at, queueRoom, metricLevels } = workerData as ThreadData;
const say = (answer: Answer) => port.postMessage(answer);

let file: DatabaseFile | undefined;
let parts: Parts | undefined;

function open(): Parts {
  file = new DatabaseFile(home);
  return openParts(file, at, (damage) => say({ kind: 'damage', damage }), queueRoom, metricLevels);
}

/** Closes a file that can no longer be trusted; the next request opens it anew, and so finds out whether the disk is back. */
function abandon(): void {
  parts = undefined;
  try {
    file?.close();
  } catch {
    // Whatever this says, the one thing to do about it is what happens next.
  }
}

async function handle({ id, part, method, args }: Request): Promise<void> {
  try {
    parts ??= open();
    const target = parts[part] as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
    say({ kind: 'done', id, value: await target[method]!(...args) });
  } catch (error) {
    if (poisons(error)) abandon();
    say({ kind: 'failed', id, ...failure(error) });
  }
}

function failure(error: unknown): { code: WherryError['code']; message: string; next: string } {
  const { code, message, next } = failureOf(error, file?.path ?? home);
  return { code, message, next };
}

const busy = whenQuiet(() => file?.shrink());

let lock: HomeLock | undefined;
try {
  makeHome(home);
  lock = new HomeLock(home);
  parts = open();
  say({ kind: 'ready' });
  port.on('message', (message: Request | 'close') => {
    busy();
    if (message !== 'close') return void handle(message);
    abandon();
    lock?.release();
    port.close();
  });
} catch (error) {
  abandon();
  lock?.release();
  say({ kind: 'refused', ...failure(error) });
}
