import { WherryError } from '@wherry/core/errors';
import type { FunctionName } from '@wherry/core/names';
import type { Shares } from './shares.ts';

/** Somebody who holds memory and could sleep. */
export interface Sleeper {
  /** Since when it has had nothing to do (monotonic ms); undefined while it works or must stay awake. */
  readonly idleSince: number | undefined;
  readonly key: { readonly namespace: string };
  /** Gives its memory back. The reservation ends when it resolves. */
  sleep(why?: string): Promise<void>;
  /** Gives back what it holds beyond what it needs now, one instance; undefined where there is none. */
  spare?(): Promise<void> | undefined;
}

/** Memory of the machine that must stay free whatever the instances promised. */
const reserveShare = 0.05;
/** Further instances of what runs already leave this part of the whole to functions that have none. */
const firstShare = 0.1;

/**
 * The machine's memory, shared by all instances. A start reserves what its function asks for; when it does not fit, those
 * that have been idle longest sleep first; when nobody is idle, the start is refused rather than the machine brought down.
 */
export class Budget {
  readonly totalBytes: number;
  readonly #available: () => number;
  readonly #machineBytes: number;
  readonly #shares: Shares;
  readonly #sleepers = new Set<Sleeper>();
  /** Those that were asked to sleep and have not given back yet: no second start counts on them. */
  readonly #asked = new Set<Sleeper>();
  #reserved = 0;
  /** Instances that are ending: what they hold comes back by itself. */
  #ending = 0;
  /** Starts that wait for memory, in the order in which they came. */
  #waiting: (() => void)[] = [];

  /** `available`: bytes that the machine could still give, now. */
  constructor(totalBytes: number, machineBytes: number, available: () => number, shares: Shares) {
    this.totalBytes = totalBytes;
    this.#machineBytes = machineBytes;
    this.#available = available;
    this.#shares = shares;
  }

  get reservedBytes(): number {
    return this.#reserved;
  }

  join(sleeper: Sleeper): void {
    this.#sleepers.add(sleeper);
  }

  leave(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
  }

  /**
   * Reserves, making room first. Resolves with the way to give it back. Throws `no_room`. A start that has to wait for others to sleep holds up
   * none that fits. `further`: it is not the first instance of its function.
   */
  async reserve(bytes: number, of: FunctionName, further = false): Promise<() => void> {
    await this.#makeRoom(bytes, of, further);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#reserved -= bytes;
      this.#shares.give(of.namespace, bytes);
      this.#freed();
    };
  }

  /** An instance is being stopped; the answer is called when it has ended. */
  ending(): () => void {
    this.#ending += 1;
    return () => {
      this.#ending -= 1;
      this.#freed();
    };
  }

  #freed(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const look of all) look();
  }

  async #makeRoom(bytes: number, of: FunctionName, further: boolean): Promise<void> {
    for (;;) {
      // A namespace makes room among its own: nobody else sleeps for its quota.
      const obstacle = this.#shares.obstacle(of.namespace, bytes);
      if (obstacle === undefined && this.#fits(bytes, further)) break;
      const namespace = obstacle === undefined ? undefined : of.namespace;
      const spared = this.#giveUpSpare(namespace);
      const longest = spared ? undefined : this.#longestIdle(namespace);
      if (longest === undefined) {
        if (!spared && this.#ending === 0 && this.#asked.size === 0)
          throw this.#refusal(bytes, of, obstacle, further);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      } else if (!(await this.#sleeps(longest, of))) throw this.#refusal(bytes, of, obstacle, further);
    }
    // Nothing was awaited since it fitted: no other start can have taken it.
    this.#reserved += bytes;
    this.#shares.take(of.namespace, bytes);
  }

  /** What a busy function does not need at present costs nobody a wake, so it goes before anybody sleeps. */
  #giveUpSpare(namespace: string | undefined): boolean {
    // What is ending may be enough.
    if (this.#ending > 0) return false;
    for (const sleeper of this.#of(namespace)) if (sleeper.spare?.() !== undefined) return true;
    return false;
  }

  /** False where it gave nothing back. */
  async #sleeps(sleeper: Sleeper, { name, namespace }: FunctionName): Promise<boolean> {
    const before = this.#reserved;
    this.#asked.add(sleeper);
    try {
      await sleeper.sleep(`made room for ${name}.${namespace}`);
    } finally {
      this.#asked.delete(sleeper);
      this.#freed();
    }
    return this.#reserved < before || sleeper.idleSince === undefined;
  }

  #fits(bytes: number, further: boolean): boolean {
    const whole = this.totalBytes * (further ? 1 - firstShare : 1);
    return this.#reserved + bytes <= whole && this.#available() - bytes >= this.#machineBytes * reserveShare;
  }

  *#of(namespace: string | undefined): Iterable<Sleeper> {
    for (const sleeper of this.#sleepers)
      if (namespace === undefined || sleeper.key.namespace === namespace) yield sleeper;
  }

  #longestIdle(namespace: string | undefined): Sleeper | undefined {
    let longest: Sleeper | undefined;
    for (const sleeper of this.#of(namespace)) {
      if (this.#asked.has(sleeper)) continue;
      const since = sleeper.idleSince;
      if (since !== undefined && since < (longest?.idleSince ?? Number.POSITIVE_INFINITY)) longest = sleeper;
    }
    return longest;
  }

  #refusal(
    bytes: number,
    { name }: FunctionName,
    obstacle: string | undefined,
    further: boolean,
  ): WherryError {
    const details = { component: 'engine', name, retryAfterS: 5 };
    if (obstacle !== undefined)
      return new WherryError('no_room', `${obstacle} and none is idle`, {
        ...details,
        next: 'Retry later, remove functions, or raise the quota of the namespace.',
      });
    const mebibytes = (value: number): string => `${Math.round(value / 2 ** 20)} MiB`;
    const machine =
      this.#reserved + bytes > this.totalBytes
        ? ''
        : further && this.#reserved + bytes > this.totalBytes * (1 - firstShare)
          ? '; the rest is for functions that have none'
          : `; the machine has ${mebibytes(this.#available())} left`;
    const cause = `an instance needs ${mebibytes(bytes)}, ${mebibytes(this.#reserved)} of ${mebibytes(this.totalBytes)} are in use and none is idle${machine}`;
    return new WherryError('no_room', cause, details);
  }
}
