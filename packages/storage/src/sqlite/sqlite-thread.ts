import { WherryError } from '@wherry/core/errors';
import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Damage } from './sealed-rows.ts';
import type { Answer, ThreadData } from './thread-messages.ts';
import type { Parts } from './parts.ts';

type Method<P extends keyof Parts> = Exclude<keyof Parts[P], symbol | number>;
type Args<F> = F extends (...args: infer A) => unknown ? A : never;
type Outcome<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: WherryError): void;
}

// Published, the sources are JavaScript: the worker has the ending that this file has.
const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

// The thread holds desired state and one batch at a time; a small young generation keeps the gateway's memory small.
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };

/**
 * The thread's environment: only where compiled code is cached, if anywhere. A thread does not take that over by itself, and without it
 * each start compiles again (100 ms, 17 MB).
 */
function environment(): Record<string, string> {
  const cache = getCompileCacheDir();
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
}

/** The main thread's end of the database's thread. Should the thread die, what waited fails and the next request starts another. */
export class SqliteThread {
  readonly #data: () => ThreadData;
  readonly #onDamage: (damage: Damage) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | undefined;
  #count = 0;
  #closed = false;

  constructor(data: () => ThreadData, onDamage: (damage: Damage) => void) {
    this.#data = data;
    this.#onDamage = onDamage;
  }

  /** Resolves when the database is open; throws what keeps it from that. */
  async open(): Promise<void> {
    await this.#running();
  }

  /** Calls a method in the thread. Requests begin in the order they were made. */
  async ask<P extends keyof Parts, M extends Method<P>>(
    part: P,
    method: M,
    args: Args<Parts[P][M]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Outcome<Parts[P][M]>> {
    const worker = await this.#running();
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      // Only a request keeps the process alive, not that the thread is there.
      if (this.#waiting.size === 0) worker.ref();
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, part, method, args }, transfer);
    });
  }

  /** Finishes what was asked, closes the database and lets go of the folder. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const worker = await this.#worker?.catch(() => undefined);
    if (worker === undefined) return;
    worker.ref();
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await ended;
  }

  #running(): Promise<Worker> {
    if (this.#closed) return Promise.reject(lost('the database is closed'));
    if (this.#worker === undefined) {
      const starting = this.#start();
      this.#worker = starting;
      starting.catch(() => {
        if (this.#worker === starting) this.#worker = undefined;
      });
    }
    return this.#worker;
  }

  #start(): Promise<Worker> {
    return new Promise((resolve, reject) => {
      // Node 22 still calls SQLite experimental. And without execArgv the thread would take over what the program was started with: loaders, test runners, inspectors.
      const worker = new Worker(entry, {
        workerData: this.#data(),
        resourceLimits,
        execArgv: ['--disable-warning=ExperimentalWarning'],
        env: environment(),
        name: 'storage',
      });
      let cause: Error | undefined;
      worker.on('message', (answer: Answer) => {
        if (answer.kind === 'ready') {
          worker.unref();
          resolve(worker);
        } else if (answer.kind === 'refused') reject(rebuilt(answer));
        else if (answer.kind === 'damage') this.#onDamage(answer.damage);
        else this.#settle(worker, answer);
      });
      worker.on('error', (error) => (cause = error as Error));
      worker.on('exit', () => {
        const error = lost(
          `the database's thread ended${cause === undefined ? '' : `: ${cause.message}`}`,
          cause,
        );
        reject(error);
        this.#worker = undefined;
        for (const waiting of this.#waiting.values()) waiting.reject(error);
        this.#waiting.clear();
      });
    });
  }

  #settle(worker: Worker, answer: Extract<Answer, { id: number }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0 && !this.#closed) worker.unref();
    if (answer.kind === 'done') waiting?.resolve(answer.value);
    else waiting?.reject(rebuilt(answer));
  }
}

function rebuilt({ code, message, next }: Extract<Answer, { code: unknown }>): WherryError {
  return new WherryError(code, message, { component: 'storage', next });
}

function lost(message: string, cause?: Error): WherryError {
  return new WherryError('storage_failed', message, {
    component: 'storage',
    ...(cause === undefined ? {} : { cause }),
  });
}
