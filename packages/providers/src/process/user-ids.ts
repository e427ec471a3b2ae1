import { createHash } from 'node:crypto';

/**
 * Host users for instances: above every range that systems hand out (systemd's dynamic and container ranges end at
 * 1,879,048,191), so that no file on the machine belongs to them. Each is used by one instance at a time. Every data folder has a block
 * of its own, so that two gateways on one machine don't give the same user to two functions.
 */
const first = 1_900_000_000;
const blocks = 1_500;
const count = 65_536;
/** Those at the end of a block are for builds: the same one for a namespace each time, because its caches are that user's. */
const builders = 1_024;

export class UserIds {
  readonly #taken = new Set<number>();
  readonly #base: number;
  #next = 1;

  /** `seed`: any number that is the data folder's own. */
  constructor(seed: number) {
    this.#base = first + (seed % blocks) * count;
  }

  take(): number {
    // Round and round rather than the lowest free one: what an instance may have left behind somewhere must not fall to the next.
    for (let tried = 0; tried < count - builders; tried++) {
      const id = this.#base + this.#next;
      this.#next = (this.#next + 1) % (count - builders) || 1;
      if (!this.#taken.has(id)) {
        this.#taken.add(id);
        return id;
      }
    }
    throw new Error('all users for instances are taken');
  }

  /** The user of a namespace's builds. */
  builder(namespace: string): number {
    const digest = createHash('sha256').update(namespace).digest();
    return this.#base + count - builders + (digest.readUInt32BE() % builders);
  }

  give(id: number): void {
    this.#taken.delete(id);
  }
}
