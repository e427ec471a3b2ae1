import { readFileSync } from 'node:fs';
import { OwnAddresses } from './own-addresses.ts';
import { Turns } from './splice.ts';

/** What the gates of all functions share. Their connections together must leave enough descriptors for calls, and time for whoever else is served. */
export class Crowd {
  readonly turns = new Turns();
  readonly own = new OwnAddresses();
  readonly #most: number;
  #inside = 0;

  constructor(most = share()) {
    this.#most = most;
  }

  /** False: there is no room for one more. */
  enter(): boolean {
    if (this.#inside >= this.#most) return false;
    this.#inside += 1;
    return true;
  }

  leave(): void {
    this.#inside -= 1;
  }
}

/** Half of the descriptors that this process may have, two for each connection. */
function share(): number {
  try {
    const [, open = '1024'] =
      /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return open === 'unlimited' ? 100_000 : Math.max(64, Math.floor(Number(open) / 4));
  } catch {
    return 256;
  }
}
