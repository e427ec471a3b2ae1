import type { WherryError } from '@wherry/core/errors';

/** What starts are made for: a fleet, as far as they look at it. */
export interface StartingFleet {
  readonly awake: boolean;
  /** Instances that take calls, and how many there should be. Both change meanwhile. */
  readonly ready: number;
  readonly target: number;
  /** Nothing more is started. */
  readonly ended: boolean;
  /** What keeps it from starting more for now. */
  readonly obstacle: WherryError | undefined;
  wake(why?: string): Promise<void>;
  /** One more instance. */
  start(): Promise<void>;
}

/** The starts of one fleet that are under way, and which are to follow. */
export class Starts {
  readonly #fleet: StartingFleet;
  readonly #most: number;
  readonly #going = new Set<Promise<void>>();
  #filling: Promise<void> | undefined;

  /** `most` start at a time. */
  constructor(fleet: StartingFleet, most: number) {
    this.#fleet = fleet;
    this.#most = most;
  }

  get any(): boolean {
    return this.#going.size > 0;
  }

  /** Resolves when those that are under way are over, however they end. */
  over(): Promise<unknown> {
    return Promise.allSettled([...this.#going]);
  }

  one(): Promise<void> {
    const start = this.#fleet.start();
    const over = (): void => void this.#going.delete(start);
    this.#going.add(start);
    start.then(over, over);
    return start;
  }

  /** Starts what is missing; all who ask meanwhile share it. Rejects with the first failure. */
  fill(why?: string): Promise<void> {
    this.#filling ??= this.#missing(why).finally(() => (this.#filling = undefined));
    return this.#filling;
  }

  /** A few at a time, and each time as many as are wanted by then. */
  async #missing(why: string | undefined): Promise<void> {
    const fleet = this.#fleet;
    let failure: unknown;
    const ended = () => failure !== undefined || fleet.ended;
    while (!ended() && fleet.ready < fleet.target) {
      if (!fleet.awake) await fleet.wake(why);
      // Those that end as soon as they have started are not started in a circle.
      if (fleet.obstacle !== undefined) throw fleet.obstacle;
      while (!ended() && fleet.ready + this.#going.size < fleet.target && this.#going.size < this.#most)
        this.one().catch((error: unknown) => (failure ??= error));
      if (this.any) await Promise.race([...this.#going]).catch(() => undefined);
    }
    await this.over();
    if (failure !== undefined) throw failure;
  }
}
