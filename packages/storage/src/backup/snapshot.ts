import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, WherryError } from '@wherry/core/errors';

export interface SnapshotAsk {
  readonly database: string;
  /** A file that is not there yet. */
  readonly target: string;
  readonly history: boolean;
}

export interface Snapshot {
  readonly schema: number;
  readonly rows: Readonly<Record<string, number>>;
  /** Rows whose checksum does not fit. */
  readonly damaged: number;
  /** Digests of the packages that something in it refers to. */
  readonly packages: readonly string[];
}

type Answer =
  | { readonly done: Snapshot }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string; readonly next: string } };

const entry = new URL(`./snapshot-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Copies a database as it is at one moment, while others write to it. SQLite's reader sees that moment until the end, so the copy never
 * has to begin again; what is written meanwhile stays in the write-ahead log, which shrinks with the next checkpoint.
 */
export function takeSnapshot(ask: SnapshotAsk): Promise<Snapshot> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry, {
      workerData: ask,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 512 },
      name: 'snapshot',
    });
    worker.on('message', (answer: Answer) => {
      if ('done' in answer) return resolve(answer.done);
      const { code, message, next } = answer.failed;
      reject(new WherryError(code, message, { component: 'backup', next }));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the copy's thread ended with ${code}`)));
  });
}
