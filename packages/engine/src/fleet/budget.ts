import { WherryError } from '@wherry/core/errors';
import type { FunctionName } from '@wherry/core/names';
import type { Shares } from './shares.ts';

/** Somebody who holds memory and could sleep. */
export interface Sleeper {
  /** Since when it has had nothing to do (monotonic ms); undefined while it works or must stay awake. */
  readonly idleSince: number | undefined;
  readonly key: { readonly namespace: string };
  /** Gives its memory back. The reservation ends when it resolves. */
  sleep(): Promise<void>;
}

/** Memory of the machine that must stay free whatever the instances promised. */
const reserveShare = 0.05;

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
  #reserved = 0;
  /** Instances that are ending: what they hold comes back by itself. */
  #ending = 0;
  #freed: (() => void) | undefined;
  #making: Promise<unknown> = Promise.resolve();

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

  /** Reserves, making room first. Resolves with the way to give it back. Throws `no_room`. */
  async reserve(bytes: number, of: FunctionName): Promise<() => void> {
    // One after another, so that two starts do not both count on the same sleeper.
    const turn = this.#making.then(() => this.#makeRoom(bytes, of));
    this.#making = turn.catch(() => undefined);
    await turn;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#reserved -= bytes;
      this.#shares.give(of.namespace, bytes);
      this.#freed?.();
    };
  }

  /** An instance is being stopped; the answer is called when it has ended. */
  ending(): () => void {
    this.#ending += 1;
    return () => {
      this.#ending -= 1;
      this.#freed?.();
    };
  }

  async #makeRoom(bytes: number, of: FunctionName): Promise<void> {
    for (;;) {
      // A namespace makes room among its own: nobody else sleeps for its quota.
      const obstacle = this.#shares.obstacle(of.namespace, bytes);
      if (obstacle === undefined && this.#fits(bytes)) break;
      const longest = this.#longestIdle(obstacle === undefined ? undefined : of.namespace);
      if (longest === undefined) {
        if (this.#ending === 0) throw this.#refusal(bytes, of, obstacle);
        await new Promise<void>((resolve) => {
          this.#freed = resolve;
        });
        continue;
      }
      const before = this.#reserved;
      await longest.sleep();
      if (this.#reserved >= before && longest.idleSince !== undefined)
        throw this.#refusal(bytes, of, obstacle);
    }
    this.#reserved += bytes;
    this.#shares.take(of.namespace, bytes);
  }

  #fits(bytes: number): boolean {
    return (
      this.#reserved + bytes <= this.totalBytes &&
      this.#available() - bytes >= this.#machineBytes * reserveShare
    );
  }

  #longestIdle(namespace?: string): Sleeper | undefined {
    let longest: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (namespace !== undefined && sleeper.key.namespace !== namespace) continue;
      const since = sleeper.idleSince;
      if (since !== undefined && since < (longest?.idleSince ?? Number.POSITIVE_INFINITY)) longest = sleeper;
    }
    return longest;
  }

  #refusal(bytes: number, { name }: FunctionName, obstacle: string | undefined): WherryError {
    const details = { component: 'engine', name, retryAfterS: 5 };
    if (obstacle !== undefined)
      return new WherryError('no_room', `${obstacle} and none is idle`, {
        ...details,
        next: 'Retry later, remove functions, or raise the quota of the namespace.',
      });
    const mebibytes = (value: number): string => `${Math.round(value / 2 ** 20)} MiB`;
    const machine =
      this.#reserved + bytes <= this.totalBytes
        ? `; the machine has ${mebibytes(this.#available())} left`
        : '';
    const cause = `an instance needs ${mebibytes(bytes)}, ${mebibytes(this.#reserved)} of ${mebibytes(this.totalBytes)} are in use and none is idle${machine}`;
    return new WherryError('no_room', cause, details);
  }
}
