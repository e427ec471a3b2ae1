// The thread that all SQLite work happens in, so that no flush ever holds up a call. It loads nothing else: its start is
// part of the gateway's.
import type { WherryError } from '@wherry/core/errors';
import { parentPort, workerData } from 'node:worker_threads';
import { BuildRows } from './build-rows.ts';
import { CallRows } from './call-rows.ts';
import { Callees } from './callees.ts';
import { DatabaseFile, makeHome } from './database-file.ts';
import { DesiredRows } from './desired-rows.ts';
import { ExitRows } from './exit-rows.ts';
import { HomeLock } from './home-lock.ts';
import { LogRows } from './log-rows.ts';
import { NamespaceRows } from './namespace-rows.ts';
import { QueueRows } from './queue-rows.ts';
import { whenQuiet } from './rest.ts';
import type { Damage } from './sealed-rows.ts';
import { ScalingRows } from './scaling-rows.ts';
import { SecretRows } from './secret-rows.ts';
import { failureOf, poisons } from './sqlite-failure.ts';
import type { Answer, Request, ThreadData } from './thread-messages.ts';
import { TokenRows } from './token-rows.ts';

/** What the main thread may call here, by name. */
export interface Parts {
  readonly desired: DesiredRows;
  readonly tokens: TokenRows;
  readonly namespaces: NamespaceRows;
  readonly secrets: SecretRows;
  readonly builds: BuildRows;
  readonly queue: QueueRows;
  readonly calls: CallRows;
  readonly logs: LogRows;
  readonly exits: ExitRows;
  readonly scalings: ScalingRows;
}

const port = parentPort!;
const { home, at } = workerData as ThreadData;
const say = (answer: Answer) => port.postMessage(answer);

let file: DatabaseFile | undefined;
let parts: Parts | undefined;

function open(): Parts {
  file = new DatabaseFile(home);
  const report = (damage: Damage) => say({ kind: 'damage', damage });
  const callees = new Callees(file, report);
  return {
    desired: new DesiredRows(file, at, report),
    tokens: new TokenRows(file, at, report),
    namespaces: new NamespaceRows(file, at, report),
    secrets: new SecretRows(file, at, report),
    builds: new BuildRows(file, at, report),
    queue: new QueueRows(file, report),
    calls: new CallRows(file, callees, report),
    logs: new LogRows(file, callees, report),
    exits: new ExitRows(file, callees, report),
    scalings: new ScalingRows(file, callees),
  };
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
