import { parseFullName } from '@wherry/core/names';
import type { LaneState } from '@wherry/core/ports/call-queue';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { LaneDepth, PlatformEvent } from '@wherry/core/platform-event';
import type { Call } from '../invoke/call.ts';
import { CallTallies } from './call-tallies.ts';
import { Ring, type Told } from './ring.ts';

const component = 'events';
/** How often calls that ended are told, and how often the queue is looked at while somebody watches. */
const callsMs = 500;
const queueMs = 1_000;

/** Somebody who watches. */
export interface Watcher {
  tell(told: Told): void;
  /** The gateway stops. */
  end(): void;
}

/** What happens here, told to those who watch as it happens; a little of it is kept for those who were away for a moment. */
export class EventBook {
  readonly #clock: Clock;
  readonly #lanes: () => Promise<readonly LaneState[]>;
  readonly #problem: (message: string) => void;
  readonly #watchers = new Set<Watcher>();
  readonly #tallies = new CallTallies();
  readonly #ring: Ring;
  #depths = new Map<string, LaneDepth>();
  #telling: Cancel | undefined;
  #looking: Cancel | undefined;

  constructor(clock: Clock, lanes: () => Promise<readonly LaneState[]>, problem: (message: string) => void) {
    this.#clock = clock;
    this.#lanes = lanes;
    this.#problem = problem;
    // Another gateway, or this one after a restart, counts from one too: its numbers must not be taken for these.
    this.#ring = new Ring(Math.floor(clock.now()).toString(36));
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Of the newest event, for who begins to watch. */
  get last(): string {
    return this.#ring.last;
  }

  /** What came behind an event; undefined where that is not known any more. */
  behind(id: string): readonly Told[] | undefined {
    return this.#ring.behind(id);
  }

  watch(watcher: Watcher): Cancel {
    this.#watchers.add(watcher);
    this.#looking ??= this.#clock.every(queueMs, () => this.#look());
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      this.#looking?.();
      this.#looking = undefined;
    };
  }

  tell(event: PlatformEvent): void {
    const told = this.#ring.add(event);
    for (const watcher of this.#watchers) {
      try {
        watcher.tell(told);
      } catch (error) {
        this.#problem(`${component}: a watcher failed: ${(error as Error).message}`);
      }
    }
  }

  /** A call ended. Nothing here waits, and nothing here can fail a call. */
  ended({ function: fn, status, cold }: Pick<Call, 'function' | 'status' | 'cold'>): void {
    if (fn === undefined) return;
    this.#tallies.add(fn, status >= 500, cold);
    this.#telling ??= this.#clock.after(callsMs, () => {
      this.#telling = undefined;
      for (const functions of this.#tallies.take())
        this.tell({ kind: 'calls', at: this.#clock.now(), functions });
    });
  }

  close(): void {
    this.#looking?.();
    this.#telling?.();
    for (const watcher of this.#watchers) watcher.end();
  }

  /** Told by what differs from the last look, however long ago that was. */
  async #look(): Promise<void> {
    try {
      const now = new Map((await this.#lanes()).map(depthOf).map((depth) => [depth.lane, depth]));
      const gone = [...this.#depths.values()].filter(({ lane }) => !now.has(lane));
      const lanes = [
        ...[...now.values()].filter((lane) => !same(lane, this.#depths.get(lane.lane))),
        ...gone.map((lane) => ({ ...lane, waiting: 0, running: 0, dead: 0 })),
      ];
      this.#depths = now;
      if (lanes.length > 0) this.tell({ kind: 'queue', at: this.#clock.now(), lanes });
    } catch (error) {
      this.#problem(`${component}: the queue could not be looked at: ${(error as Error).message}`);
    }
  }
}

function depthOf({ lane, waiting, running, dead }: LaneState): LaneDepth {
  return { lane, ...parseFullName(lane), waiting, running, dead };
}

const same = (one: LaneDepth, other: LaneDepth | undefined): boolean =>
  one.waiting === other?.waiting && one.running === other.running && one.dead === other.dead;
