import { WherryError, type ErrorCode } from '@wherry/core/errors';
import { keyOf, keyText, type Deployment } from '@wherry/core/function';
import type { Exit, Instance, Usage } from '@wherry/core/instance';
import type { Clock } from '@wherry/core/ports/clock';
import type { Ids } from '@wherry/core/ports/ids';
import type { Provider, ProviderEvents, ProviderReport } from '@wherry/core/ports/provider';
import type { Policy } from '@wherry/core/rules/policy';

interface Options {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Calls at once that every instance says it takes; 100 unless given. */
  readonly concurrency?: number;
  readonly ahead?: number;
}

/**
 * A provider without processes. It keeps the port's promises and can be told to fail, to be slow, and to lose instances.
 * `asked` lists what was asked of it, in order: `prepare NAME`, `start NAME`, `stop ID GRACE`, `forget NAME`, `close`.
 */
export class FakeProvider implements Provider {
  readonly asked: string[] = [];
  readonly running = new Map<string, Instance>();
  readonly prepared = new Set<string>();
  /** How long a start takes, on the clock. */
  startMs = 0;
  /** How long an instance takes to stop; longer than the grace and it is killed. */
  stopMs = 0;
  readonly #options: Options;
  readonly #failures: unknown[] = [];
  #prepareFailure: unknown;
  readonly #stopping = new Map<string, Promise<void>>();
  #events: ProviderEvents | undefined;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The next start that is asked for fails, and once more for each time this was called. */
  failNextStart(error: unknown = failure('start_failed', 'told to fail')): void {
    this.#failures.push(error);
  }

  /** Every `prepare` fails from now on; undefined ends it. */
  failPrepare(error: unknown): void {
    this.#prepareFailure = error;
  }

  /** An instance ends by itself. */
  crash(instance: string, how: Partial<Exit> = {}): void {
    this.#end(instance, { kind: 'exited', reason: 'exited with code 1', exitCode: 1, ...how });
  }

  /** An instance writes a line. */
  write(instance: string, text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    const { deployment } = this.#known(instance);
    this.#events?.logged([{ deployment, instance, at: this.#options.clock.now(), stream, text }]);
  }

  async open(events: ProviderEvents): Promise<ProviderReport> {
    this.#events = events;
    return {
      name: 'fake',
      isolation: 'none',
      fences: [],
      runtimes: [{ name: 'node', version: '24.0.0', path: '/nowhere' }],
    };
  }

  async prepare(deployment: Deployment): Promise<void> {
    this.asked.push(`prepare ${keyText(keyOf(deployment))}`);
    if (this.#prepareFailure !== undefined) throw this.#prepareFailure;
    this.prepared.add(keyText(keyOf(deployment)));
  }

  async start(deployment: Deployment, _policy: Policy): Promise<Instance> {
    this.asked.push(`start ${keyText(keyOf(deployment))}`);
    const error = this.#failures.shift();
    await this.#pass(this.startMs);
    if (error !== undefined) throw error;
    if (this.#closed) throw failure('stopping', 'closed while the instance started');
    const { clock, ids, concurrency = 100, ahead = 0 } = this.#options;
    const id = ids.shortId();
    const instance: Instance = {
      id,
      deployment: keyOf(deployment),
      endpoint: { kind: 'frames', path: `/fake/${id}` },
      loaded: { signature: 'event', concurrency, ahead },
      startedAt: clock.now(),
      origin: 'scratch',
    };
    this.running.set(id, instance);
    return instance;
  }

  async stop(instance: string, graceMs: number): Promise<void> {
    this.asked.push(`stop ${instance} ${graceMs}`);
    if (!this.running.has(instance)) return;
    // Asked again while it stops, it is the same stop: the instance ends once.
    const underway = this.#stopping.get(instance) ?? this.#pass(Math.min(this.stopMs, graceMs));
    this.#stopping.set(instance, underway);
    const killed = this.stopMs > graceMs;
    await underway;
    this.#stopping.delete(instance);
    this.#end(
      instance,
      killed
        ? { kind: 'killed', reason: `killed: did not stop within ${graceMs} ms` }
        : { kind: 'stopped', reason: 'stopped' },
    );
  }

  async forget(deployment: Deployment): Promise<void> {
    this.asked.push(`forget ${keyText(keyOf(deployment))}`);
    this.prepared.delete(keyText(keyOf(deployment)));
  }

  async usage(instances: readonly string[]): Promise<readonly Usage[]> {
    return instances
      .filter((id) => this.running.has(id))
      .map((instance) => ({ instance, memoryBytes: 2 ** 24, cpuMs: 1, processes: 1 }));
  }

  async close(): Promise<void> {
    this.asked.push('close');
    this.#closed = true;
    for (const id of [...this.running.keys()]) this.#end(id, { kind: 'stopped', reason: 'stopped' });
    this.prepared.clear();
  }

  #end(id: string, how: Partial<Exit> & Pick<Exit, 'kind' | 'reason'>): void {
    const instance = this.running.get(id);
    if (instance === undefined) return;
    this.running.delete(id);
    this.#events?.exited({
      instance: id,
      deployment: instance.deployment,
      at: this.#options.clock.now(),
      startedAt: instance.startedAt,
      lastWords: [],
      ...how,
    });
  }

  #known(id: string): Instance {
    const instance = this.running.get(id);
    if (instance === undefined) throw new Error(`no instance ${id}`);
    return instance;
  }

  #pass(ms: number): Promise<void> {
    return ms === 0 ? Promise.resolve() : new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }
}

function failure(code: ErrorCode, message: string): WherryError {
  return new WherryError(code, message, { component: 'fake-provider' });
}
